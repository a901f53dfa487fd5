/** Rendering on a server: what a client has read there goes to the browser with the page. */

import type { Context, Dehydrated, Mizan } from "mizan-runtime";
import { Transform } from "node:stream";

import { STATES } from "./hydration.js";

/** Contexts to read before anything is rendered, with their parameters. */
export type Wanted = readonly (readonly [context: Context, params?: object])[];

/**
 * What the client *mizan* knows, for `<MizanContext hydration={…}>` in the browser; JSON.
 *
 * Read *wanted* first, and wait for what is under way. What cannot be read is left to the browser.
 */
export async function getMizanHydration(mizan: Mizan, wanted: Wanted = []): Promise<Dehydrated> {
  await Promise.all(wanted.map(([context, params = {}]) => mizan.entry(context, params).load()));
  await mizan.idle();
  return mizan.dehydrate();
}

/** *state* as a script element, for `<MizanContext>` without `hydration`; *nonce* is that of the page's policy. */
export function hydrationScript(state: Dehydrated, nonce?: string): string {
  // No text of the state may end the script; JSON allows two line ends that older scripts do not.
  const json = JSON.stringify(state).replace(
    /[<\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  const attribute =
    nonce === undefined ? "" : ` nonce="${nonce.replace(/[&"]/g, (c) => (c === "&" ? "&amp;" : "&quot;"))}"`;
  return `<script${attribute}>(self.${STATES}??=[]).push(${json})</script>`;
}

/**
 * A stream between `renderToPipeableStream(…)` and the response: behind each part of the page it writes what the part was
 * rendered from, so that the browser begins with it although the rest is not there yet.
 */
export function hydrationStream(mizan: Mizan, nonce?: string): Transform {
  let parts: Buffer[] = [];
  let isScheduled = false;
  const write = (stream: Transform): void => {
    isScheduled = false;
    // React writes a part in several pieces, none of which need be whole: only between parts may anything stand.
    for (const part of parts) stream.push(part);
    parts = [];
    const state = mizan.drain();
    if (state.length > 0) stream.push(hydrationScript(state, nonce));
  };
  return new Transform({
    transform(chunk: Buffer, _, done) {
      parts.push(chunk);
      if (!isScheduled) setImmediate(() => isScheduled && write(this));
      isScheduled = true;
      done();
    },
    flush(done) {
      write(this);
      done();
    },
  });
}
