/** What goes over the wire (docs/protocol.md sections 6 to 9), as values. */

/** A JSON value; a `bigint` is there only where a client asks for it (`mizan-runtime/bigint`). */
export type Json = null | boolean | number | bigint | string | readonly Json[] | { readonly [name: string]: Json };

/** How values become texts, and back. */
export interface Codec {
  /** @throws SyntaxError */
  parse(text: string): unknown;
  stringify(value: unknown): string;
}

/** Parameters of a context or arguments of a function, by name. */
export type Params = { readonly [name: string]: Json };

/** The results of a context's functions, by the functions' names. */
export type Bundle = { readonly [name: string]: Json };

/** What has become stale: all of a context, or a part of it. */
export type Invalidation = string | Stale;

/** With `function` one slot of a context; with `params` the entries of these alone. A header has them as texts. */
export interface Stale {
  readonly context: string;
  readonly function?: string;
  readonly params?: Params;
  readonly texts?: { readonly [name: string]: string };
}

/** New content for one slot of a context. */
export interface Merge {
  readonly context: string;
  readonly slot: string;
  readonly params?: Params;
  readonly value: Json;
}

/** What the server answers to a read: a bundle, and how it spells whose (`X-Mizan-Scope`). */
export interface Reply {
  readonly bundle: Bundle;
  readonly scope?: string | null;
}

/** An entry that is shown while a call is made. */
export interface Shown {
  readonly context: string;
  readonly params: Params;
}

/** What the server answers to a call. */
export interface Answer {
  readonly result: Json;
  readonly invalidate?: readonly Invalidation[];
  readonly merge?: readonly Merge[];
  /** Of the entries that were shown those that the call has changed, read after it. */
  readonly refresh?: readonly (Shown & Reply)[];
}

/** What another client, another window or the server on its own has to say. */
export type News = readonly Invalidation[];

/** Entries with their content, as JSON, and who asked for them (`X-Mizan-Viewer`) where that is known. */
export type Dehydrated = readonly (Shown & Reply & { readonly viewer?: string })[];

/** One text for equal values: members sorted by name, those that are undefined left out, `1.0` and `1` the same (JavaScript has one kind of number). */
export function canonical(value: Json): string {
  if (isList(value)) return `[${value.map(canonical)}]`;
  if (value !== null && typeof value === "object") {
    const members = Object.keys(value)
      .sort()
      .filter((name) => value[name] !== undefined)
      .map((name) => `${JSON.stringify(name)}:${canonical(value[name] as Json)}`);
    return `{${members}}`;
  }
  return typeof value === "bigint" ? String(value) : JSON.stringify(value);
}

/** `Array.isArray` for lists that nobody may change. */
export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
