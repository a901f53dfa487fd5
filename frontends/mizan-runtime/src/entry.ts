/** A context with its parameters: its slots, who looks at it, and the read that is under way. */

import { isTextOf } from "./header.js";
import { Slot } from "./slot.js";
import { canonical, type Bundle, type Json, type Params, type Stale } from "./wire.js";

/** What an entry needs of its surroundings. */
export interface Surroundings {
  /** The next tick of the clock. */
  tick(): number;
  fetch(context: string, params: Params, signal: AbortSignal): Promise<Bundle>;
  /** Run *task* soon, after what is being done now. */
  soon(task: () => void): void;
  /** A read has ended. */
  rest(): void;
}

/** Which entries of a context something is said of. */
export type Scope = Pick<Stale, "params" | "texts">;

interface Reading {
  readonly start: number;
  readonly abort: AbortController;
  /** It took the place of one that was aborted: it is let finish, or a storm of invalidations would let none. */
  readonly isSecond: boolean;
}

export class Entry {
  private readonly slots = new Map<string, Slot>();
  private readonly listeners = new Set<() => void>();
  private reading: Reading | null = null;
  private failure: unknown = null;
  /** After a failure nothing is read until there is news, or somebody new looks. */
  private isHalted = false;
  private isQueued = false;
  private touched = 0;
  private loading: Promise<void> | null = null;
  private endLoading: (() => void) | null = null;
  private changes = 0;
  private hydrated: Bundle = {};

  constructor(
    readonly context: string,
    readonly params: Params,
    functions: readonly string[],
    private readonly surroundings: Surroundings,
  ) {
    for (const name of functions) this.slots.set(name, new Slot());
  }

  /** Call *listener* after every change. While there is a listener the entry is kept fresh. */
  subscribe(listener: () => void): () => void {
    const own = () => listener();
    this.listeners.add(own);
    this.isHalted = false;
    this.refresh();
    return () => {
      this.listeners.delete(own);
    };
  }

  /**
   * Resolves when there is something to show, or the reason why not (`error`). The same promise for all who wait.
   *
   * It is for those who cannot subscribe yet: the entry is read although nobody looks.
   */
  load(): Promise<void> {
    if (this.loading === null) {
      this.loading = new Promise((resolve) => (this.endLoading = resolve));
      this.refresh();
      this.endLoad();
    }
    return this.loading;
  }

  get isMounted(): boolean {
    return this.listeners.size > 0 || this.loading !== null;
  }

  get isFetching(): boolean {
    return this.reading !== null;
  }

  /** Whether a read is under way or about to begin. */
  get isBusy(): boolean {
    return this.isQueued || this.reading !== null;
  }

  /** What is known and not old, by function. */
  fresh(): Bundle {
    const known = [...this.slots].map(([name, slot]) => [name, slot.fresh] as const);
    return Object.fromEntries(known.filter((pair): pair is readonly [string, Json] => pair[1] !== undefined));
  }

  /** Whether some of what is shown may be old. */
  get isStale(): boolean {
    return [...this.slots.values()].some((slot) => slot.isStale);
  }

  /** Another number after every change. */
  get version(): number {
    return this.changes;
  }

  /** What a server has rendered of a slot; it may be old. */
  rendered(name: string): Json | undefined {
    return this.hydrated[name];
  }

  /** Why the last read failed; null once one has succeeded. */
  get error(): unknown {
    return this.failure;
  }

  slot(name: string): Slot {
    let slot = this.slots.get(name);
    if (slot === undefined) {
      slot = new Slot();
      if (this.touched > 0) slot.invalidate(this.touched);
      this.slots.set(name, slot);
    }
    return slot;
  }

  slotNames(): readonly string[] {
    return [...this.slots.keys()];
  }

  /** Whether something said of *scope* may concern this entry: it does unless a parameter that both have differs. */
  matches({ params = {}, texts = {} }: Scope): boolean {
    return (
      Object.entries(params).every(([name, value]) =>
        this.hasParam(name, (own) => canonical(own) === canonical(value)),
      ) && Object.entries(texts).every(([name, text]) => this.hasParam(name, (own) => isTextOf(text, own)))
    );
  }

  private hasParam(name: string, is: (own: Json) => boolean): boolean {
    const own = this.params[name];
    return own === undefined || is(own);
  }

  /** Make the slot *name* stale, or all of them. */
  invalidate(now: number, name?: string): void {
    this.isHalted = false;
    if (name === undefined) {
      this.touched = now;
      for (const slot of this.slots.values()) slot.invalidate(now);
    } else {
      this.slot(name).invalidate(now);
    }
    this.refresh();
  }

  /** Take what a server rendered before the clock began. */
  hydrate(bundle: Bundle): void {
    this.hydrated = bundle;
    for (const [name, value] of Object.entries(bundle)) this.slot(name).read(0, value);
    this.changed();
  }

  /** Forget everything, and what is under way. */
  clear(): void {
    this.reading?.abort.abort();
    this.reading = null;
    this.failure = null;
    this.isHalted = false;
    for (const name of this.slots.keys()) this.slots.set(name, new Slot());
    this.changed();
    this.refresh();
  }

  /** Read again although nothing is known to be stale, or after a failure. */
  refetch(): void {
    this.invalidate(this.surroundings.tick());
  }

  /** See to it that what is looked at and stale is being read. */
  refresh(): void {
    if (this.isQueued || !this.isMounted || this.unread().length === 0) return;
    this.isQueued = true;
    this.surroundings.soon(() => {
      this.isQueued = false;
      this.read();
      this.surroundings.rest();
    });
  }

  /** Forget a failure: what is looked at is read again. */
  retry(): void {
    if (this.failure === null) return;
    this.failure = null;
    this.isHalted = false;
    this.refresh();
    this.changed();
  }

  /** Tell the listeners. */
  changed(): void {
    this.changes++;
    this.endLoad();
    for (const listener of [...this.listeners]) listener();
  }

  private endLoad(): void {
    if (this.endLoading === null || (!this.hasContent() && !this.isHalted)) return;
    this.endLoading();
    this.loading = this.endLoading = null;
  }

  private read(): void {
    const unread = this.unread();
    if (!this.isMounted || unread.length === 0) return;
    const current = this.reading;
    if (current === null) {
      if (!this.isHalted) this.begin(false);
      return;
    }
    const isRecent = current.start >= Math.max(...unread.map((slot) => slot.touched));
    // What finishes is looked at once more: one that is too old to be shared is followed by another.
    if (isRecent || current.isSecond || !this.hasContent()) return;
    current.abort.abort();
    this.begin(true);
  }

  private begin(isSecond: boolean): void {
    const reading = { start: this.surroundings.tick(), abort: new AbortController(), isSecond };
    this.reading = reading;
    this.surroundings.fetch(this.context, this.params, reading.abort.signal).then(
      (bundle) => this.finish(reading, () => this.take(bundle, reading.start)),
      (error: unknown) => this.finish(reading, () => this.fail(error, reading.start)),
    );
    this.changed();
  }

  private finish(reading: Reading, conclude: () => void): void {
    // An aborted one is nobody's.
    if (this.reading !== reading) return;
    this.reading = null;
    conclude();
    this.changed();
    this.refresh();
    this.surroundings.rest();
  }

  private take(bundle: Bundle, start: number): void {
    this.failure = null;
    for (const name of this.slots.keys()) if (!(name in bundle)) this.slots.delete(name);
    for (const [name, value] of Object.entries(bundle)) this.slot(name).read(start, value as Json);
  }

  /** A failure ends the reading, unless something has changed since it began: then it may go well. */
  private fail(error: unknown, start: number): void {
    this.failure = error;
    this.isHalted = !this.unread().some((slot) => slot.touched > start);
  }

  private unread(): Slot[] {
    return [...this.slots.values()].filter((slot) => slot.needsRead);
  }

  private hasContent(): boolean {
    return [...this.slots.values()].some((slot) => slot.isPresent);
  }
}
