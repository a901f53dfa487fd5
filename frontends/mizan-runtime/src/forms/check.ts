/**
 * Whether a value may be sent for a field. The rule: what is refused here the server refuses, too; never the other way.
 *
 * So lengths are code points, white space is Python's, and what may mean another thing over there is let through.
 */

import { isList, type Json } from "../wire.js";
import type { FieldSpec, Kind } from "./spec.js";

/** What a field may hold: a value of JSON, files. */
export type Value = Json | Blob | readonly Blob[] | undefined;

/** Which check a value does not pass. */
export type Check =
  | "required"
  | "type"
  | "choice"
  | "min"
  | "max"
  | "step"
  | "minLength"
  | "maxLength"
  | "maxDigits"
  | "pattern"
  | "extension"
  | "maxBytes"
  | "maxFiles";

/** `str.strip()` of Python: not the white space of `trim()`. */
const SPACE = "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+";
const ENDS = new RegExp(`^${SPACE}|${SPACE}$`, "g");
/** Decimals that mean the same in both languages, as numbers, too. */
const PLAIN = /^[+-]?(\d+)(?:\.(\d+))?$/;
const LONGEST_PLAIN = 15;
const NEARLY = 1e-9;

/** The check that *value* does not pass; null for one that may be sent. */
export function check(spec: FieldSpec, value: Value): Check | null {
  const meant = spec.strip === true && typeof value === "string" ? value.replace(ENDS, "") : value;
  if (isNothing(meant, spec.kind)) return spec.required === true ? "required" : null;
  return checkKind(spec.kind, meant) ?? checkLimits(spec, meant) ?? checkFiles(spec, meant);
}

function isNothing(value: Value, kind: Kind): value is undefined | null {
  if (kind.type === "boolean" && value === false) return true;
  return value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

function checkKind(kind: Kind, value: Value): Check | null {
  switch (kind.type) {
    case "string":
      return typeof value === "string" ? null : "type";
    case "decimal":
      return ["string", "number", "bigint"].includes(typeof value) ? null : "type";
    case "integer":
      return typeof value === "bigint" || Number.isInteger(value) ? null : "type";
    case "number":
      return typeof value === "bigint" || Number.isFinite(value) ? null : "type";
    case "boolean":
      return typeof value === "boolean" ? null : "type";
    case "enum":
      return kind.values.includes(value as Json) ? null : "choice";
    case "list":
      if (!Array.isArray(value)) return "type";
      return value.map((item) => checkKind(kind.item, item as Value)).find((found) => found !== null) ?? null;
    case "upload":
      return filesOf(value) === null ? "type" : null;
    case "any":
      return null;
  }
}

function checkLimits(spec: FieldSpec, value: Value): Check | null {
  if (spec.kind.type === "decimal") return checkDecimal(spec, String(value));
  if (typeof value === "number" || typeof value === "bigint") return checkNumber(spec, Number(value));
  const length = typeof value === "string" ? [...value].length : Array.isArray(value) ? value.length : null;
  if (length === null) return null;
  if (spec.minLength !== undefined && length < spec.minLength) return "minLength";
  if (spec.maxLength !== undefined && length > spec.maxLength) return "maxLength";
  if (typeof value !== "string") return null;
  return (spec.patterns ?? []).every((pattern) => new RegExp(pattern, "su").test(value)) ? null : "pattern";
}

function checkNumber({ min, max, step }: FieldSpec, value: number): Check | null {
  if (min !== undefined && value < Number(min)) return "min";
  if (max !== undefined && value > Number(max)) return "max";
  // Beyond 2^53 what is left over is a matter of rounding.
  if (step === undefined || Math.abs(value) > Number.MAX_SAFE_INTEGER) return null;
  const rest = Math.abs((value - Number(min ?? 0)) % Number(step));
  return rest <= NEARLY || Math.abs(Number(step)) - rest <= NEARLY ? null : "step";
}

function checkDecimal(spec: FieldSpec, text: string): Check | null {
  const parts = plain(text);
  if (parts === null) return null;
  const [whole, fraction] = parts;
  const { min, max, maxDigits, decimalPlaces } = spec;
  if (min !== undefined && plain(String(min)) !== null && Number(text) < Number(min)) return "min";
  if (max !== undefined && plain(String(max)) !== null && Number(text) > Number(max)) return "max";
  if (decimalPlaces !== undefined && fraction.length > decimalPlaces) return "maxDigits";
  if (maxDigits === undefined) return null;
  const isTooLong = whole.length + fraction.length > maxDigits || whole.length > maxDigits - (decimalPlaces ?? 0);
  return isTooLong ? "maxDigits" : null;
}

/** The digits before and behind the point that count; null for what is not plain. */
function plain(text: string): readonly [whole: string, fraction: string] | null {
  const match = text.length <= LONGEST_PLAIN ? PLAIN.exec(text) : null;
  if (match === null) return null;
  return [(match[1] ?? "").replace(/^0+/, ""), (match[2] ?? "").replace(/0+$/, "")];
}

function checkFiles({ kind, extensions }: FieldSpec, value: Value): Check | null {
  const files = filesOf(value);
  if (files === null) return null;
  const { maxBytes = Infinity, maxFiles = Infinity } = kind as Extract<Kind, { type: "upload" }>;
  if (files.length > maxFiles) return "maxFiles";
  if (files.some((file) => file.size > maxBytes)) return "maxBytes";
  return files.every((file) => hasExtension(file, extensions)) ? null : "extension";
}

function hasExtension(file: Blob, extensions: readonly string[] | undefined): boolean {
  const name = "name" in file ? String(file.name).toLowerCase() : null;
  if (name === null || extensions === undefined || extensions.length === 0) return true;
  return extensions.some((extension) => name.endsWith(`.${extension.toLowerCase()}`));
}

function filesOf(value: Value): readonly Blob[] | null {
  if (value instanceof Blob) return [value];
  const isFiles = isList(value as Json) && (value as readonly unknown[]).every((item) => item instanceof Blob);
  return isFiles ? (value as readonly Blob[]) : null;
}
