/** Rendering on a server: what a client has read there goes to the browser with the page. */

import { writeBigints } from "./bigint.js";
import type { Context } from "./descriptors.js";
import type { Entry } from "./entry.js";
import { STATES } from "./hydration.js";
import { Mizan, type MizanOptions } from "./mizan.js";
import type { Bundle, Dehydrated, Json } from "./wire.js";

/** Contexts to read before anything is rendered, with their parameters. */
export type Wanted = readonly (readonly [context: Context, params?: object])[];

/** What of a request says who asks, and in which language. */
const PASSED_ON = ["authorization", "cookie", "accept-language"];

/** The headers of a request: those of `Request`, of Next's `headers()`, or of Node's `IncomingMessage`. */
export type RequestHeaders = Pick<Headers, "get"> | { readonly [name: string]: string | readonly string[] | undefined };

/**
 * A client that reads as the visitor who has sent a request with *headers*, from the server at an absolute `baseUrl`.
 *
 * For this request alone: it knows what this visitor may see.
 */
export function mizanForRequest(headers: RequestHeaders, options: MizanOptions & { readonly baseUrl: string }): Mizan {
  const passed = PASSED_ON.flatMap((name) => {
    const value = textOf(headers, name);
    return value === null ? [] : [[name, value] as const];
  });
  const { fetch = globalThis.fetch, baseUrl } = options;
  return new Mizan({
    tabs: false,
    ...options,
    fetch: (input, init) => {
      // The visitor's cookies are for the server alone that they have come from.
      if (isElsewhere(input instanceof Request ? input.url : String(input), baseUrl)) return fetch(input, init);
      const all = new Headers(init?.headers);
      for (const [name, value] of passed) all.set(name, value);
      return fetch(input, { ...init, headers: all });
    },
  });
}

function isElsewhere(url: string, baseUrl: string): boolean {
  return URL.canParse(url) && URL.canParse(baseUrl) && new URL(url).origin !== new URL(baseUrl).origin;
}

function textOf(headers: RequestHeaders, name: string): string | null {
  if (typeof headers.get === "function") return (headers as Headers).get(name);
  return (headers as { readonly [name: string]: string | undefined })[name] ?? null;
}

/**
 * What the client *mizan* knows, for the option `hydration` in the browser; JSON.
 *
 * Read *wanted* first, and wait for what is under way. What cannot be read is left to the browser.
 */
export async function getMizanHydration(mizan: Mizan, wanted: Wanted = []): Promise<Dehydrated> {
  await Promise.all(wanted.map(([context, params = {}]) => mizan.entry(context, params).load()));
  await mizan.idle();
  return dehydrate(mizan);
}

/** What *mizan* knows and is fresh, for a client elsewhere to begin with. */
export function dehydrate(mizan: Mizan): Dehydrated {
  return dehydrated(mizan, mizan.entries());
}

/** As `dehydrate`: what has become known since the last time. */
export function drain(mizan: Mizan): Dehydrated {
  const changed = mizan.entries().filter((entry) => !entry.isStale && drained.get(entry) !== entry.version);
  for (const entry of changed) drained.set(entry, entry.version);
  return dehydrated(mizan, changed);
}

/** The version of each entry that was drained. */
const drained = new WeakMap<Entry, number>();

function dehydrated({ viewer }: Mizan, entries: readonly Entry[]): Dehydrated {
  return entries
    .map((entry) => {
      const { context, params, scope } = entry;
      return { context, params, scope, bundle: freshOf(entry), ...(viewer ? { viewer } : {}) };
    })
    .filter(({ bundle }) => Object.keys(bundle).length > 0);
}

/** What is known and not old, by function. */
function freshOf(entry: Entry): Bundle {
  const known = entry.slotNames().filter((name) => !entry.slot(name).isStale);
  return Object.fromEntries(known.map((name) => [name, entry.slot(name).content as Json]));
}

/** *state* as a script element, for a client in the browser that is given no `hydration`; *nonce* is that of the page's policy. */
export function hydrationScript(state: Dehydrated, nonce?: string): string {
  // No text of the state may end the script; JSON allows two line ends that older scripts do not.
  const json = writeBigints(state, (integer) => `${integer}n`).replace(
    /[<\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  const attribute =
    nonce === undefined ? "" : ` nonce="${nonce.replace(/[&"]/g, (c) => (c === "&" ? "&amp;" : "&quot;"))}"`;
  return `<script${attribute}>(self.${STATES}??=[]).push(${json})</script>`;
}
