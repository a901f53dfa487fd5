/**
 * Integers of any size, exactly.
 *
 * JSON has no limit and `JSON.parse` rounds beyond 2^53. Here an integer is a number as long as that is exact, else a `bigint`,
 * so that equal integers are equal values; what is sent may be either.
 */

import { randomName } from "./random.js";
import type { Codec } from "./wire.js";

/** For the option `json` of a client: generated code sets it where the generator was asked for `bigint`. */
export const exactJson: Codec = { parse, stringify };

/** What stands before an integer's digits while it is a text. Nobody else can write it. */
const MARK = /* @__PURE__ */ randomName();
const LONG = /\d{16}/;
/** Texts and numbers of JSON: what looks like a number inside a text is none. */
const TOKENS = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;
const INTEGER = /^-?\d{16,}$/;

function parse(text: string): unknown {
  // Nearly all texts have no such number.
  if (!LONG.test(text)) return JSON.parse(text);
  const marked = text.replace(TOKENS, (token) => (isLarge(token) ? `"${MARK}${token}"` : token));
  return JSON.parse(marked, (_, value: unknown) =>
    typeof value === "string" && value.startsWith(MARK) ? BigInt(value.slice(MARK.length)) : value,
  );
}

function isLarge(token: string): boolean {
  return INTEGER.test(token) && !Number.isSafeInteger(Number(token));
}

function stringify(value: unknown): string {
  return writeBigints(value, String);
}

/** *value* as JSON, with each `bigint` in it as *write* has it. */
export function writeBigints(value: unknown, write: (integer: bigint) => string): string {
  const integers: bigint[] = [];
  const text = JSON.stringify(value, (_, member: unknown) =>
    typeof member === "bigint" ? `${MARK}${integers.push(member) - 1}` : member,
  );
  if (integers.length === 0) return text;
  return text.replace(new RegExp(`"${MARK}(\\d+)"`, "g"), (_, index: string) =>
    write(integers[Number(index)] as bigint),
  );
}
