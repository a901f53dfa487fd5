/** Rendering on a server: what a client has read there goes to the browser with the page. */

import { writeBigints } from "./bigint.js";
import type { Context } from "./descriptors.js";
import { STATES } from "./hydration.js";
import type { Mizan } from "./mizan.js";
import type { Dehydrated } from "./wire.js";

/** Contexts to read before anything is rendered, with their parameters. */
export type Wanted = readonly (readonly [context: Context, params?: object])[];

/**
 * What the client *mizan* knows, for the option `hydration` in the browser; JSON.
 *
 * Read *wanted* first, and wait for what is under way. What cannot be read is left to the browser.
 */
export async function getMizanHydration(mizan: Mizan, wanted: Wanted = []): Promise<Dehydrated> {
  await Promise.all(wanted.map(([context, params = {}]) => mizan.entry(context, params).load()));
  await mizan.idle();
  return mizan.dehydrate();
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
