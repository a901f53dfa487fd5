/**
 * Whether what the server says of a context concerns an entry.
 *
 * The server speaks of parameters as it has validated them, with their defaults; an entry has those that were asked for, and
 * once it has been read the server's spelling of them (`X-Mizan-Scope`).
 */

import type { Entry } from "./entry.js";
import { isTextOf, readHeader, type Texts } from "./header.js";
import { canonical, type Json, type Stale } from "./wire.js";

/** Parameters that something is said of, as values or as texts. */
export type Scope = Pick<Stale, "params" | "texts">;

/** How sure it is: "maybe" where the entry lacks a parameter, so that a default counts which only the server knows. */
export type Relation = "same" | "maybe" | "other";

/** What is asked of an entry. */
type Known = Pick<Entry, "params" | "scope" | "declared">;

/** How *scope* relates to an entry, as far as the parameters of its slot *name* decide; all of them without. */
export function relation(known: Known, { params = {}, texts = {} }: Scope, slot?: string): Relation {
  const spelled = known.scope === null ? null : (readHeader(known.scope)[0]?.texts ?? {});
  const names = slot === undefined ? undefined : known.declared?.[slot];
  let result: Relation = "same";
  for (const [said, isText] of [
    [params, false],
    [texts, true],
  ] as const) {
    for (const name of Object.keys(said)) {
      if (names?.includes(name) === false) continue;
      const is = isSame(known.params[name], spelled, name, said[name] as Json, isText);
      if (is === false) return "other";
      if (is === null) result = "maybe";
    }
  }
  return result;
}

/** Whether what is said of a parameter, a value or a text, is what the entry has; null where only the server knows. */
function isSame(
  own: Json | undefined,
  spelled: Texts | null,
  name: string,
  said: Json,
  isText: boolean,
): boolean | null {
  const text = spelled?.[name];
  if (own !== undefined && (isText ? isTextOf(said as string, own) : canonical(own) === canonical(said))) return true;
  if (text !== undefined) {
    if (isText ? text === said || Number(text) === Number(said) : isTextOf(text, said)) return true;
    // What is inside of a list or an object has more than one spelling, so that another is no other value.
    return /^[[{]/.test(text) && null;
  }
  // One that was left out is null. Another spelling means nothing where the server has said its own of the others alone.
  if (own === undefined) return said === null || null;
  return spelled === null ? false : null;
}
