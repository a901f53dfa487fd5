/** A context with its parameters: its slots, who looks at it, and the read that is under way. */

import { MizanError } from "./errors.js";
import type { Shortcut, Transport } from "./kernel.js";
import { Slot } from "./slot.js";
import type { Bundle, Json, Params, Reply } from "./wire.js";

/** What an entry needs of its surroundings. */
export interface Surroundings {
  readonly transport: Pick<Transport, "fetch">;
  readonly live: Pick<Shortcut, "fetch"> | null;
  /** The next tick of the clock. */
  tick(): number;
  /** Somebody looks at *entry*: it must hear what is said of it. */
  adopt(entry: Entry): void;
  /** When something of *context* was last touched. */
  touchedAt(context: string): number;
  /** Run *task* soon, after what is being done now. */
  soon(task: () => void): void;
  /** A read of *entry* has begun, or has ended; somebody looks at it, or nobody does any longer. */
  emit(happening: { readonly kind: "read" | "mount"; readonly entry: Entry }): void;
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
  declare readonly context: string;
  declare readonly params: Params;
  /** The parameters of each of its functions; null until somebody has asked for it. */
  declared: Declared | null = null;
  /** The server's spelling of context and parameters (`X-Mizan-Scope`); null until it has said so. */
  scope: string | null = null;
  /** Why the last read failed; null once one has succeeded. */
  error: unknown = null;
  /** Another number after every change. */
  version = 0;
  /** What a server has rendered; it may be old. */
  rendered: Bundle = {};
  readonly #slots = new Map<string, Slot>();
  readonly #listeners = new Set<() => void>();
  #reading: Reading | null = null;
  /** When the read began that has failed; before everything once somebody new looks. */
  #failedAt = 0;
  #isQueued = false;
  #isMarked = false;
  #loading: Promise<void> | null = null;
  readonly #surroundings: Surroundings;

  constructor(context: string, params: Params, surroundings: Surroundings) {
    this.context = context;
    this.params = params;
    this.#surroundings = surroundings;
  }

  /** Learn which functions the context has: what a server has rendered is there before anybody has asked for it. */
  declare(declared: Declared): void {
    if (this.declared) return;
    this.declared = declared;
    for (const name of Object.keys(declared)) this.slot(name);
    // Which of its slots what has been said so far concerns was not known.
    this.invalidate();
  }

  /** Call *listener* after every change. While there is a listener the entry is kept fresh. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#failedAt = -1;
    return this.#listen(() => listener());
  };

  /** Read again although nothing is known to be stale, or after a failure. */
  readonly refetch = (): void => this.invalidate(this.#surroundings.tick());

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
    return (this.#loading ??= this.until(() => this.#hasContent() || this.#isHalted()).finally(
      () => (this.#loading = null),
    ));
  }

  get isMounted(): boolean {
    return this.#listeners.size > 0;
  }

  get isFetching(): boolean {
    return !!this.#reading;
  }

  /** Whether a read is under way or about to begin. */
  get isBusy(): boolean {
    return this.#isQueued || this.isFetching;
  }

  /** What is shown, by function. */
  content(): Bundle {
    return Object.fromEntries(this.slotNames().map((name) => [name, this.slot(name).value as Json]));
  }

  /** Whether some of what is shown may be old. */
  get isStale(): boolean {
    return this.#some((slot) => slot.isStale);
  }

  /** Whether there is nothing to show, and no reason why not. */
  get isEmpty(): boolean {
    return !this.#hasContent() && !this.error;
  }

  slot(name: string): Slot {
    let slot = this.#slots.get(name);
    if (!slot) {
      this.#slots.set(name, (slot = new Slot()));
      slot.invalidate(this.#touchedAt());
    }
    return slot;
  }

  slotNames(): readonly string[] {
    return [...this.#slots.keys()];
  }

  /** Make the slot *name* stale, or all of them: *now*, or by what was said of the context before. */
  invalidate(now = this.#touchedAt(), name?: string): void {
    for (const own of name ? [name] : this.slotNames()) this.mark().slot(own).invalidate(now);
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
  hydrate({ bundle, scope }: Reply): void {
    this.rendered = bundle;
    this.learn(scope);
    for (const [name, value] of Object.entries(bundle)) {
      const slot = this.slot(name);
      // What has come since may be newer.
      if (!slot.isPresent) slot.read(0, value);
    }
    // It may be a component that is being rendered that brings this.
    this.#surroundings.soon(() => this.changed());
  }

  /** Take the server's spelling of the parameters; to be settled. */
  learn(scope: string | null | undefined): void {
    if (!scope || this.scope) return;
    this.scope = scope;
    // What was said before in the server's spelling may not have been known to concern this entry.
    for (const slot of this.#slots.values()) slot.invalidate(this.#touchedAt());
  }

  /** Forget everything, and what is under way; the listeners are still to be told. */
  clear(): void {
    this.#reading?.abort.abort();
    this.#reading = this.error = null;
    this.rendered = {};
    for (const name of this.slotNames()) {
      this.#slots.delete(name);
      this.slot(name);
    }
    this.refresh();
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
    if (!this.error) return;
    this.error = null;
    this.refresh();
    this.changed();
  }

  /** Tell the listeners. */
  changed(): void {
    this.version++;
    for (const listener of [...this.#listeners]) listener();
  }

  #listen(listener: () => void): () => void {
    this.#surroundings.adopt(this);
    this.#listeners.add(listener);
    this.refresh();
    const tell = (): void => this.#surroundings.emit({ kind: "mount", entry: this });
    tell();
    return () => {
      this.#listeners.delete(listener);
      tell();
    };
  }

  #read(): void {
    const current = this.#reading;
    if (!this.#isWanting()) return;
    if (!current) {
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
    const { live, transport } = this.#surroundings;
    const read = [this.context, this.params, reading.abort.signal] as const;
    (live?.fetch(...read) ?? transport.fetch(...read)).then(
      (reply) => this.#finish(reading, reply),
      // Without a reason it has failed, too.
      (error: unknown) => this.#finish(reading, null, error || new Error()),
    );
    this.#tell();
  }

  /** A read has ended; an aborted one is nobody's. */
  #finish(reading: Reading, reply: Reply | null, error: unknown = null): void {
    if (this.#reading !== reading) return;
    const { start } = reading;
    this.#reading = null;
    this.error = error;
    this.#failedAt = start;
    if (reply) this.#take(reply, start);
    this.#tell();
    this.refresh();
    this.#surroundings.rest();
  }

  #tell(): void {
    this.#surroundings.emit({ kind: "read", entry: this });
    this.changed();
  }

  #take({ bundle, scope }: Reply, start: number): void {
    this.learn(scope);
    for (const name of this.slotNames()) {
      if (name in bundle) continue;
      this.#slots.delete(name);
      // The server has another interface than the client. Reading again would not help.
      const message = `There is no ${name} in "${this.context}".`;
      this.error = new MizanError({ code: "NOT_FOUND", message, status: 404 });
    }
    for (const [name, value] of Object.entries(bundle)) this.slot(name).read(start, value as Json);
  }

  /** After a failure nothing is read, unless something has changed since that read began (then it may go well), or somebody new looks. */
  #isHalted(): boolean {
    return !!this.error && !this.#isOlder(this.#failedAt);
  }

  /** Whether something that must be read has been touched after *start*. */
  #isOlder(start: number): boolean {
    return this.#some((slot) => slot.needsRead && slot.touched > start);
  }

  #isWanting(): boolean {
    return this.isMounted && this.#some((slot) => slot.needsRead);
  }

  /** When something of its context was last touched. */
  #touchedAt(): number {
    return this.#surroundings.touchedAt(this.context);
  }

  #hasContent(): boolean {
    return this.#some((slot) => slot.isPresent);
  }

  #some(is: (slot: Slot) => boolean): boolean {
    return [...this.#slots.values()].some(is);
  }
}
