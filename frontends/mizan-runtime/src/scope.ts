/**
 * Whether what the server says of a context concerns an entry.
 *
 * The server speaks of parameters as it has validated them, with their defaults; an entry has those that were asked for, and
 * once it has been read the server's spelling of them (`X-Mizan-Scope`).
 */

import { isTextOf, type Texts } from "./header.js";
import { canonical, type Json, type Params, type Stale } from "./wire.js";

/** Parameters that something is said of, as values or as texts. */
export type Scope = Pick<Stale, "params" | "texts">;

/** How sure it is: "maybe" where the entry lacks a parameter, so that a default counts which only the server knows. */
export type Relation = "same" | "maybe" | "other";

/** The parameters of an entry: as they were asked for, and as the server spells them; null until it has said so. */
export interface Known {
  readonly params: Params;
  readonly texts: Texts | null;
}

/** How *scope* relates to an entry, as far as the parameters *names* decide; all of them without. */
export function relation(known: Known, { params = {}, texts = {} }: Scope, names?: readonly string[]): Relation {
  let result: Relation = "same";
  const said = [
    ...Object.entries(params).map(([name, value]) => [name, isValue(known, name, value)] as const),
    ...Object.entries(texts).map(([name, text]) => [name, isText(known, name, text)] as const),
  ];
  for (const [name, is] of said) {
    if (is === true || names?.includes(name) === false) continue;
    if (is === false) return "other";
    result = "maybe";
  }
  return result;
}

/** Whether a server that writes *texts* may spell some of what was asked for otherwise: it does, or does not say how, or it is a set. */
export function isRespelled(params: Params, texts: Texts): boolean {
  return Object.entries(params).some(([name, value]) => {
    const text = texts[name];
    return value !== undefined && (text === undefined || isComposed(text) || !isTextOf(text, value));
  });
}

function isValue({ params, texts }: Known, name: string, value: Json): boolean | null {
  const [own, text] = [params[name], texts?.[name]];
  if (own !== undefined && canonical(own) === canonical(value)) return true;
  if (text !== undefined) return isTextOf(text, value) || (isComposed(text) ? null : false);
  if (own === undefined) return value === null ? true : null;
  return isUnlike(texts);
}

function isText({ params, texts }: Known, name: string, said: string): boolean | null {
  const [own, text] = [params[name], texts?.[name]];
  if (own !== undefined && isTextOf(said, own)) return true;
  if (text !== undefined) return text === said || Number(text) === Number(said) || (isComposed(text) ? null : false);
  return own === undefined ? null : isUnlike(texts);
}

/** Whether a text is a list's or an object's: what is inside has more than one spelling, so that another is no other value. */
function isComposed(text: string): boolean {
  return /^[[{]/.test(text);
}

/** What another spelling means: nothing, where the server has said its own of the others and not of this parameter. */
function isUnlike(texts: Texts | null): false | null {
  return texts === null ? false : null;
}
