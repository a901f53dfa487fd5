/** Reads that begin in one tick, as one request (docs/clients.md, "Several bundles in one request"). */

import { MizanError } from "./errors.js";
import type { Reply } from "./wire.js";

/** One read: a context, and its parameters as a query. */
export type Read = [context: string, query: string];

/** What the server says of one of several reads: as `one` would give or throw it, or null where that should be asked. */
export type Part = Reply | MizanError | null;

export type One = (read: Read, signal: AbortSignal) => Promise<Reply>;
/** Null where the server does not know how to. */
export type Several = (reads: Read[], signal: AbortSignal) => Promise<readonly Part[] | null>;

type Waiting = readonly [
  read: Read,
  signal: AbortSignal,
  resolve: (reply: Reply | Promise<Reply>) => void,
  reject: (reason: unknown) => void,
];

/** What the server takes. */
const MOST_READS = 16;
const MOST_CHARACTERS = 3000;

/** As *one*, but reads that begin in one tick are made by *several*. */
export function gathered(one: One, several: Several): One {
  let isKnown = true;
  /** The group that reads still join, and its length; none does at first. */
  let group: Waiting[] = [];
  let characters = Infinity;

  const alone = ([read, signal, resolve, reject]: Waiting): void => {
    if (signal.aborted) reject(signal.reason);
    else resolve(one(read, signal));
  };

  const together = async (waiting: readonly Waiting[]): Promise<void> => {
    // The request ends when nobody waits for it any longer.
    const abort = new AbortController();
    let left = waiting.length;
    for (const [, signal, , reject] of waiting) {
      signal.addEventListener("abort", () => {
        reject(signal.reason);
        if (!--left) abort.abort();
      });
    }
    try {
      const parts = await several(
        waiting.map(([read]) => read),
        abort.signal,
      );
      isKnown &&= parts !== null;
      waiting.forEach((each, index) => {
        const part = parts?.[index];
        if (!part) alone(each);
        else if (part instanceof MizanError) each[3](part);
        else each[2](part);
      });
    } catch (error) {
      for (const [, , , reject] of waiting) reject(error);
    }
  };

  const join = (waiting: Waiting): void => {
    const [[context, query]] = waiting;
    const length = (context + encodeURIComponent(query)).length + 2;
    characters += length;
    if (characters > MOST_CHARACTERS || group.length === MOST_READS) {
      const own: Waiting[] = (group = []);
      characters = length;
      queueMicrotask(() => {
        characters = Infinity;
        if (own.length > 1) void together(own);
        else own.forEach(alone);
      });
    }
    group.push(waiting);
  };

  return (read, signal) =>
    isKnown ? new Promise((resolve, reject) => join([read, signal, resolve, reject])) : one(read, signal);
}
