/** A context with its parameters: its slots, who looks at it, and the read that is under way. */

import { MizanError } from "./errors.js";
import type { Transport } from "./kernel.js";
import { Slot } from "./slot.js";
import type { Bundle, Json, Params, Reply } from "./wire.js";

/** What an entry needs of its surroundings. */
export interface Surroundings {
  readonly transport: Pick<Transport, "fetch">;
  /** The next tick of the clock. */
  tick(): number;
  /** Somebody looks at *entry*: it must hear what is said of it. */
  adopt(entry: Entry): void;
  /** When something of *context* was last touched. */
  touchedAt(context: string): number;
  /** Run *task* soon, after what is being done now. */
  soon(task: () => void): void;
  /** A read of *entry* has begun, or has ended; somebody looks at it, or nobody does any longer. */
  watch(happening: { readonly kind: "read" | "mount"; readonly entry: Entry }): void;
  /** Something may have come to rest. */
  rest(): void;
}

/** The parameters of each function of a context. */
export type Declared = { readonly [slot: string]: readonly string[] };

interface Reading {
  readonly start: number;
  readonly abort: AbortController;
  /** It took the place of one that was aborted: it is let finish, or a storm of invalidations would let none. */
  readonly isSecond: boolean;
}

export class Entry {
  readonly #slots = new Map<string, Slot>();
  readonly #listeners = new Set<() => void>();
  #declared: Declared | null = null;
  #reading: Reading | null = null;
  #failure: unknown = null;
  /** When the read began that has failed; before everything once somebody new looks. */
  #failedAt = 0;
  #isQueued = false;
  #isMarked = false;
  #loading: Promise<void> | null = null;
  #changes = 0;
  #hydrated: Bundle = {};
  /** How the server spells the parameters; null until it has said so. */
  #scope: string | null = null;
  readonly #surroundings: Surroundings;

  constructor(
    readonly context: string,
    readonly params: Params,
    surroundings: Surroundings,
  ) {
    this.#surroundings = surroundings;
  }

  /** Learn which functions the context has: what a server has rendered is there before anybody has asked for it. */
  declare(declared: Declared): void {
    if (this.#declared !== null) return;
    this.#declared = declared;
    for (const name of Object.keys(declared)) this.slot(name);
    // Which of its slots what has been said so far concerns was not known.
    this.invalidate(this.#surroundings.touchedAt(this.context));
  }

  /** Call *listener* after every change. While there is a listener the entry is kept fresh. */
  subscribe(listener: () => void): () => void {
    this.#failedAt = -1;
    return this.#listen(() => listener());
  }

  /** Resolves when *is* holds; until then the entry is kept fresh. */
  until(is: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!is()) return;
        stop();
        resolve();
      };
      const stop = this.#listen(look);
      look();
    });
  }

  /**
   * Resolves when there is something to show, or the reason why not (`error`). The same promise for all who wait.
   *
   * It is for those who cannot subscribe yet: the entry is read although nobody looks.
   */
  load(): Promise<void> {
    this.#loading ??= this.until(() => this.#hasContent() || this.#isHalted()).finally(() => (this.#loading = null));
    return this.#loading;
  }

  get isMounted(): boolean {
    return this.#listeners.size > 0;
  }

  get isFetching(): boolean {
    return this.#reading !== null;
  }

  /** Whether a read is under way or about to begin. */
  get isBusy(): boolean {
    return this.#isQueued || this.isFetching;
  }

  /** What is shown, by function. */
  content(): Bundle {
    const known = this.slotNames().filter((name) => this.slot(name).isPresent);
    return Object.fromEntries(known.map((name) => [name, this.slot(name).value as Json]));
  }

  /** The server's spelling of context and parameters (`X-Mizan-Scope`); null until it has said so. */
  get scope(): string | null {
    return this.#scope;
  }

  /** The parameters of each of its functions; null until somebody has asked for it. */
  get declared(): Declared | null {
    return this.#declared;
  }

  /** Whether some of what is shown may be old. */
  get isStale(): boolean {
    return this.#some((slot) => slot.isStale);
  }

  /** Whether there is nothing to show, and no reason why not. */
  get isEmpty(): boolean {
    return !this.#hasContent() && this.#failure === null;
  }

  /** Another number after every change. */
  get version(): number {
    return this.#changes;
  }

  /** What a server has rendered of a slot; it may be old. */
  rendered(name: string): Json | undefined {
    return this.#hydrated[name];
  }

  /** Why the last read failed; null once one has succeeded. */
  get error(): unknown {
    return this.#failure;
  }

  slot(name: string): Slot {
    let slot = this.#slots.get(name);
    if (slot === undefined) {
      slot = new Slot();
      slot.invalidate(this.#surroundings.touchedAt(this.context));
      this.#slots.set(name, slot);
    }
    return slot;
  }

  slotNames(): readonly string[] {
    return [...this.#slots.keys()];
  }

  /** Make the slot *name* stale, or all of them. */
  invalidate(now: number, name?: string): void {
    for (const own of name === undefined ? this.slotNames() : [name]) this.mark().slot(own).invalidate(now);
    this.refresh();
  }

  /** Something of it is about to change: to be shown when it is settled. */
  mark(): this {
    this.#isMarked = true;
    return this;
  }

  /** Show what has changed, where nothing is in the way; gives whether anything has. */
  settle(): boolean {
    if (!this.#isMarked) return false;
    this.#isMarked = false;
    for (const slot of this.#slots.values()) slot.release();
    this.refresh();
    return true;
  }

  /** Take what a server rendered, as read before the clock began: nobody here knows when it was. */
  hydrate(reply: Reply): void {
    this.#hydrated = reply.bundle;
    this.learn(reply.scope);
    for (const [name, value] of Object.entries(reply.bundle)) {
      const slot = this.slot(name);
      // What has come since may be newer.
      if (!slot.isPresent) slot.read(0, value);
    }
    // It may be a component that is being rendered that brings this.
    this.#surroundings.soon(() => this.changed());
  }

  /** Take the server's spelling of the parameters; to be settled. */
  learn(scope: string | null | undefined): void {
    if (scope == null || this.#scope !== null) return;
    this.#scope = scope;
    // What was said before in the server's spelling may not have been known to concern this entry.
    for (const slot of this.#slots.values()) slot.invalidate(this.#surroundings.touchedAt(this.context));
  }

  /** A read that was made for somebody else has told all of it. */
  recovered(): void {
    this.#failure = null;
  }

  /** Forget everything, and what is under way. */
  clear(): void {
    this.#reading?.abort.abort();
    this.#reading = this.#failure = null;
    this.#hydrated = {};
    const names = this.slotNames();
    this.#slots.clear();
    for (const name of names) this.slot(name);
    this.changed();
    this.refresh();
  }

  /** Read again although nothing is known to be stale, or after a failure. */
  refetch(): void {
    this.invalidate(this.#surroundings.tick());
  }

  /** See to it that what is looked at and stale is being read. */
  refresh(): void {
    if (this.#isQueued || !this.#isWanting()) return;
    this.#isQueued = true;
    this.#surroundings.soon(() => {
      this.#isQueued = false;
      this.#read();
      this.#surroundings.rest();
    });
  }

  /** Forget a failure: what is looked at is read again. */
  retry(): void {
    if (this.#failure === null) return;
    this.#failure = null;
    this.refresh();
    this.changed();
  }

  /** Tell the listeners. */
  changed(): void {
    this.#changes++;
    for (const listener of [...this.#listeners]) listener();
  }

  #listen(listener: () => void): () => void {
    this.#surroundings.adopt(this);
    this.#listeners.add(listener);
    this.refresh();
    const tell = (): void => this.#surroundings.watch({ kind: "mount", entry: this });
    tell();
    return () => {
      this.#listeners.delete(listener);
      tell();
    };
  }

  #read(): void {
    const current = this.#reading;
    if (!this.#isWanting()) return;
    if (current === null) {
      if (!this.#isHalted()) this.#begin(false);
    } else if (this.#isOlder(current.start) && !current.isSecond && this.#hasContent()) {
      // What finishes is looked at once more: one that is too old to be shared is followed by another.
      current.abort.abort();
      this.#begin(true);
    }
  }

  #begin(isSecond: boolean): void {
    const reading = { start: this.#surroundings.tick(), abort: new AbortController(), isSecond };
    this.#reading = reading;
    this.#surroundings.transport.fetch(this.context, this.params, reading.abort.signal).then(
      (reply) => this.#finish(reading, reply),
      (error: unknown) => this.#finish(reading, null, error),
    );
    this.#tell();
  }

  /** A read has ended; an aborted one is nobody's. */
  #finish(reading: Reading, reply: Reply | null, error?: unknown): void {
    if (this.#reading !== reading) return;
    this.#reading = null;
    if (reply === null) this.#fail(error, reading.start);
    else this.#take(reply, reading.start);
    this.#tell();
    this.refresh();
    this.#surroundings.rest();
  }

  #tell(): void {
    this.#surroundings.watch({ kind: "read", entry: this });
    this.changed();
  }

  #take({ bundle, scope }: Reply, start: number): void {
    this.#failure = null;
    this.learn(scope);
    const missing = this.slotNames().filter((name) => !(name in bundle));
    for (const name of missing) this.#slots.delete(name);
    for (const [name, value] of Object.entries(bundle)) this.slot(name).read(start, value as Json);
    if (missing.length > 0) this.#fail(unknown(this.context, missing), start);
  }

  #fail(error: unknown, start: number): void {
    this.#failure = error;
    this.#failedAt = start;
  }

  /** After a failure nothing is read, unless something has changed since that read began (then it may go well), or somebody new looks. */
  #isHalted(): boolean {
    return this.#failure !== null && !this.#isOlder(this.#failedAt);
  }

  /** Whether something that must be read has been touched after *start*. */
  #isOlder(start: number): boolean {
    return this.#some((slot) => slot.needsRead && slot.touched > start);
  }

  #isWanting(): boolean {
    return this.isMounted && this.#some((slot) => slot.needsRead);
  }

  #hasContent(): boolean {
    return this.#some((slot) => slot.isPresent);
  }

  #some(is: (slot: Slot) => boolean): boolean {
    return [...this.#slots.values()].some(is);
  }
}

/** The server has another interface than the client. Reading again would not help. */
function unknown(context: string, missing: readonly string[]): MizanError {
  const message = `The server's "${context}" has no ${missing.join(", ")}.`;
  return new MizanError({ code: "NOT_FOUND", message, status: 404 });
}
