/** Reads that begin in one tick, as one request (docs/clients.md, "Several bundles in one request"). */

import { MizanError } from "./errors.js";
import type { Reply } from "./wire.js";

/** One read: a context, and its parameters as a query. */
export interface Read {
  readonly context: string;
  readonly query: string;
}

/** What the server says of one of several reads: as `one` would give or throw it, or null where that should be asked. */
export type Part = Reply | MizanError | null;

export interface Requests {
  one(read: Read, signal: AbortSignal): Promise<Reply>;
  /** Null where the server does not know how to. */
  several(reads: readonly Read[], signal: AbortSignal): Promise<readonly Part[] | null>;
}

interface Waiting {
  readonly read: Read;
  readonly signal: AbortSignal;
  readonly resolve: (reply: Reply | Promise<Reply>) => void;
  readonly reject: (reason: unknown) => void;
}

/** What the server takes. */
const MOST_READS = 16;
const MOST_CHARACTERS = 3000;

export class Gatherer {
  readonly #waiting: Waiting[] = [];
  #isKnown = true;
  readonly #requests: Requests;

  constructor(requests: Requests) {
    this.#requests = requests;
  }

  read(read: Read, signal: AbortSignal): Promise<Reply> {
    if (!this.#isKnown) return this.#requests.one(read, signal);
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) queueMicrotask(() => this.#send());
      this.#waiting.push({ read, signal, resolve, reject });
    });
  }

  #send(): void {
    for (const group of groups(this.#waiting.splice(0))) {
      if (group.length > 1) void this.#together(group);
      else group.forEach((single) => this.#alone(single));
    }
  }

  #alone({ read, signal, resolve, reject }: Waiting): void {
    if (signal.aborted) reject(signal.reason);
    else resolve(this.#requests.one(read, signal));
  }

  async #together(group: readonly Waiting[]): Promise<void> {
    // The request ends when nobody waits for it any longer.
    const abort = new AbortController();
    let left = group.length;
    for (const { signal, reject } of group) {
      signal.addEventListener("abort", () => {
        reject(signal.reason);
        if (--left === 0) abort.abort();
      });
    }
    try {
      const reads = group.map(({ read }) => read);
      const parts = await this.#requests.several(reads, abort.signal);
      if (parts === null) this.#isKnown = false;
      group.forEach((waiting, index) => {
        const part = parts?.[index] ?? null;
        if (part === null) this.#alone(waiting);
        else if (part instanceof MizanError) waiting.reject(part);
        else waiting.resolve(part);
      });
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }
}

function groups(waiting: readonly Waiting[]): Waiting[][] {
  const made: Waiting[][] = [];
  let characters = Infinity;
  for (const one of waiting) {
    const { length } = one.read.context + encodeURIComponent(one.read.query);
    characters += length + 2;
    const last = made.at(-1);
    if (last === undefined || last.length === MOST_READS || characters > MOST_CHARACTERS) {
      made.push([one]);
      characters = length;
    } else {
      last.push(one);
    }
  }
  return made;
}
