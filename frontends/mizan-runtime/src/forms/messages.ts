/** What a person is told of a check that a value has not passed, where the page has no words of its own. */

import type { Check } from "./check.js";
import type { FieldSpec, Kind } from "./spec.js";

/** The text for *check*; null for the package's own. */
export type Messages = (check: Check, spec: FieldSpec) => string | null;

export function messageOf(check: Check, spec: FieldSpec): string {
  const { kind, min, max, step, minLength, maxLength, extensions = [] } = spec;
  switch (check) {
    case "required":
      return "This field is required.";
    case "type":
      return kind.type === "integer" ? "Enter a whole number." : `Enter a valid ${nounOf(kind)}.`;
    case "choice":
      return "Select one of the available choices.";
    case "min":
      return `It must be at least ${min}.`;
    case "max":
      return `It must be at most ${max}.`;
    case "step":
      return `It must be a multiple of ${step}${min === undefined ? "" : `, counted from ${min}`}.`;
    case "minLength":
      return `It must have at least ${minLength} ${itemsOf(kind)}.`;
    case "maxLength":
      return `It must have at most ${maxLength} ${itemsOf(kind)}.`;
    case "maxDigits":
      return "It has too many digits.";
    case "pattern":
      return "Enter a valid value.";
    case "extension":
      return `The file must end with ${extensions.map((extension) => `.${extension}`).join(", ")}.`;
    case "maxBytes":
      return "The file is too large.";
    case "maxFiles":
      return "These are too many files.";
  }
}

function nounOf({ type }: Kind): string {
  if (type === "upload") return "file";
  return type === "integer" || type === "number" || type === "decimal" ? "number" : "value";
}

function itemsOf({ type }: Kind): string {
  return type === "list" ? "entries" : "characters";
}
