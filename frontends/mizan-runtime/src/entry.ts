/** A context with its parameters: its slots, who looks at it, and the read that is under way. */

import { MizanError } from "./errors.js";
import { readHeader, type Texts } from "./header.js";
import { isRespelled, relation, type Relation, type Scope } from "./scope.js";
import { Slot } from "./slot.js";
import type { Bundle, Json, Params, Reply } from "./wire.js";

/** What an entry needs of its surroundings. */
export interface Surroundings {
  /** The next tick of the clock. */
  tick(): number;
  fetch(context: string, params: Params, signal: AbortSignal): Promise<Reply>;
  /** Somebody looks at *entry*: it must hear what is said of it. */
  adopt(entry: Entry): void;
  /** When something of *context* was last touched. */
  touched(context: string): number;
  /** Run *task* soon, after what is being done now. */
  soon(task: () => void): void;
  /** A read of *entry* has begun, or has ended. */
  readsChanged(entry: Entry): void;
  /** Somebody looks at *entry*, or nobody does any longer. */
  mountsChanged(entry: Entry): void;
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
  #reading: Reading | null = null;
  #failure: unknown = null;
  /** After a failure nothing is read until there is news, or somebody new looks. */
  #isHalted = false;
  #isQueued = false;
  #touched = 0;
  #loading: Promise<void> | null = null;
  #endLoading: (() => void) | null = null;
  #changes = 0;
  #hydrated: Bundle = {};
  /** How the server spells the parameters; null until it has said so. */
  #scope: string | null = null;
  #texts: Texts | null = null;
  readonly #declared: Declared;
  readonly #surroundings: Surroundings;

  constructor(
    readonly context: string,
    readonly params: Params,
    declared: Declared,
    surroundings: Surroundings,
  ) {
    this.#declared = declared;
    this.#surroundings = surroundings;
    for (const name of Object.keys(declared)) this.#slots.set(name, new Slot());
  }

  /** Call *listener* after every change. While there is a listener the entry is kept fresh. */
  subscribe(listener: () => void): () => void {
    const own = () => listener();
    this.#surroundings.adopt(this);
    this.#listeners.add(own);
    this.#isHalted = false;
    this.refresh();
    this.#surroundings.mountsChanged(this);
    return () => {
      this.#listeners.delete(own);
      this.#surroundings.mountsChanged(this);
    };
  }

  /**
   * Resolves when there is something to show, or the reason why not (`error`). The same promise for all who wait.
   *
   * It is for those who cannot subscribe yet: the entry is read although nobody looks.
   */
  load(): Promise<void> {
    if (this.#loading === null) {
      this.#surroundings.adopt(this);
      this.#loading = new Promise((resolve) => (this.#endLoading = resolve));
      this.refresh();
      this.#endLoad();
    }
    return this.#loading;
  }

  get isMounted(): boolean {
    return this.#listeners.size > 0 || this.#loading !== null;
  }

  get isFetching(): boolean {
    return this.#reading !== null;
  }

  /** Whether a read is under way or about to begin. */
  get isBusy(): boolean {
    return this.#isQueued || this.#reading !== null;
  }

  /** What is known and not old, by function. */
  fresh(): Bundle {
    return this.#bundle((slot) => slot.fresh);
  }

  /** What is shown, by function. */
  content(): Bundle {
    return this.#bundle((slot) => slot.value);
  }

  /** The server's spelling of context and parameters (`X-Mizan-Scope`); null until it has said so. */
  get scope(): string | null {
    return this.#scope;
  }

  /** Whether some of what is shown may be old. */
  get isStale(): boolean {
    return [...this.#slots.values()].some((slot) => slot.isStale);
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
      if (this.#touched > 0) slot.invalidate(this.#touched);
      this.#slots.set(name, slot);
    }
    return slot;
  }

  slotNames(): readonly string[] {
    return [...this.#slots.keys()];
  }

  /** How what is said of *scope* relates to this entry, or to what decides its slot *name*. */
  relation(scope: Scope, name?: string): Relation {
    const known = { params: this.params, texts: this.#texts };
    return relation(known, scope, name === undefined ? undefined : this.#declared[name]);
  }

  /** Make the slot *name* stale, or all of them. */
  invalidate(now: number, name?: string): void {
    this.#isHalted = false;
    if (name === undefined) {
      this.#touched = now;
      for (const slot of this.#slots.values()) slot.invalidate(now);
    } else {
      this.slot(name).invalidate(now);
    }
    this.refresh();
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

  /** Take the server's spelling of the parameters. */
  learn(scope: string | null | undefined): void {
    if (scope == null || this.#scope !== null) return;
    this.#scope = scope;
    this.#texts = readHeader(scope)[0]?.texts ?? {};
    // What was said before in the server's spelling has not been known to concern this entry.
    if (isRespelled(this.params, this.#texts)) this.invalidate(this.#surroundings.touched(this.context));
  }

  /** A read that was made for somebody else has told all of it. */
  recovered(): void {
    this.#failure = null;
    this.#isHalted = false;
  }

  /** Forget everything, and what is under way. */
  clear(): void {
    this.#reading?.abort.abort();
    this.#reading = null;
    this.#failure = null;
    this.#isHalted = false;
    this.#hydrated = {};
    for (const name of this.#slots.keys()) this.#slots.set(name, new Slot());
    this.changed();
    this.refresh();
  }

  /** Read again although nothing is known to be stale, or after a failure. */
  refetch(): void {
    this.invalidate(this.#surroundings.tick());
  }

  /** See to it that what is looked at and stale is being read. */
  refresh(): void {
    if (this.#isQueued || !this.isMounted || this.#unread().length === 0) return;
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
    this.#isHalted = false;
    this.refresh();
    this.changed();
  }

  /** Tell the listeners. */
  changed(): void {
    this.#changes++;
    this.#endLoad();
    for (const listener of [...this.#listeners]) listener();
  }

  #bundle(of: (slot: Slot) => Json | undefined): Bundle {
    const known = [...this.#slots].map(([name, slot]) => [name, of(slot)] as const);
    return Object.fromEntries(known.filter((pair): pair is readonly [string, Json] => pair[1] !== undefined));
  }

  #endLoad(): void {
    if (this.#endLoading === null || (!this.#hasContent() && !this.#isHalted)) return;
    this.#endLoading();
    this.#loading = this.#endLoading = null;
  }

  #read(): void {
    const unread = this.#unread();
    if (!this.isMounted || unread.length === 0) return;
    const current = this.#reading;
    if (current === null) {
      if (!this.#isHalted) this.#begin(false);
      return;
    }
    const isRecent = current.start >= Math.max(...unread.map((slot) => slot.touched));
    // What finishes is looked at once more: one that is too old to be shared is followed by another.
    if (isRecent || current.isSecond || !this.#hasContent()) return;
    current.abort.abort();
    this.#begin(true);
  }

  #begin(isSecond: boolean): void {
    const reading = { start: this.#surroundings.tick(), abort: new AbortController(), isSecond };
    this.#reading = reading;
    this.#surroundings.fetch(this.context, this.params, reading.abort.signal).then(
      (reply) => this.#finish(reading, () => this.#take(reply, reading.start)),
      (error: unknown) => this.#finish(reading, () => this.#fail(error, reading.start)),
    );
    this.#surroundings.readsChanged(this);
    this.changed();
  }

  #finish(reading: Reading, conclude: () => void): void {
    // An aborted one is nobody's.
    if (this.#reading !== reading) return;
    this.#reading = null;
    conclude();
    this.#surroundings.readsChanged(this);
    this.changed();
    this.refresh();
    this.#surroundings.rest();
  }

  #take({ bundle, scope }: Reply, start: number): void {
    this.#failure = null;
    this.learn(scope);
    const missing = [...this.#slots.keys()].filter((name) => !(name in bundle));
    for (const name of missing) this.#slots.delete(name);
    for (const [name, value] of Object.entries(bundle)) this.slot(name).read(start, value as Json);
    if (missing.length > 0) this.#fail(unknown(this.context, missing), start);
  }

  /** A failure ends the reading, unless something has changed since it began: then it may go well. */
  #fail(error: unknown, start: number): void {
    this.#failure = error;
    this.#isHalted = !this.#unread().some((slot) => slot.touched > start);
  }

  #unread(): Slot[] {
    return [...this.#slots.values()].filter((slot) => slot.needsRead);
  }

  #hasContent(): boolean {
    return [...this.#slots.values()].some((slot) => slot.isPresent);
  }
}

/** The server has another interface than the client. Reading again would not help. */
function unknown(context: string, missing: readonly string[]): MizanError {
  const message = `The server's context "${context}" has no ${missing.join(", ")}.`;
  return new MizanError({ code: "NOT_FOUND", message, status: 404 });
}
