/** The form of `X-Mizan-Invalidate` and `X-Mizan-Scope` (docs/protocol.md section 6). */

import { canonical, isList, type Json, type Params } from "./wire.js";

/** Parameters as texts. */
export type Texts = { readonly [name: string]: string };

/** A context, and parameters as texts. */
export interface Item {
  readonly context: string;
  readonly texts: Texts;
}

/** The items of a header's value; what is none is left out. */
export function readHeader(value: string): readonly Item[] {
  return value
    .split(",")
    .map((item) => item.trim())
    .filter(Boolean)
    .map((item) => {
      const [context = "", ...pairs] = item.split(";");
      const texts = pairs.map((pair) => {
        const [name = "", ...text] = pair.split("=");
        return [decodeURIComponent(name), decodeURIComponent(text.join("="))] as const;
      });
      return { context: decodeURIComponent(context), texts: Object.fromEntries(texts) };
    });
}

/** Whether *text* is how a server may write *value*: it writes `5.0` where this language has but one kind of number. */
export function isTextOf(text: string, value: Json): boolean {
  if (typeof value === "number") return Number(text) === value;
  if (typeof value === "string") return text === value;
  return text === canonical(textual(value)) || text === String(value);
}

function textual(value: Json): Json {
  if (isList(value)) return value.map(textual);
  if (Object(value) !== value) return String(value);
  return Object.fromEntries(Object.entries(value as Params).map(([name, member]) => [name, textual(member)]));
}
