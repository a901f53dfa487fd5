/** Rendering with React on a server. */

import type { Mizan } from "mizan-runtime";
import { drain, hydrationScript } from "mizan-runtime/server";
import { Transform } from "node:stream";

export {
  dehydrate,
  drain,
  getMizanHydration,
  hydrationScript,
  mizanForRequest,
  type RequestHeaders,
  type Wanted,
} from "mizan-runtime/server";

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
    const state = drain(mizan);
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
