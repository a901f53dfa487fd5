/**
 * The cache of a client: entries, calls, and what answers say of them.
 *
 * It promises that a slot which is not stale contains every change that this client has been told of, and that a stale
 * slot somebody looks at is being read. docs/clients.md has the rules; slot.ts the theory.
 */

import type { CallOptions, Context, Expectations, Sending, ServerFunction } from "./descriptors.js";
import { Entry, type Declared, type Surroundings } from "./entry.js";
import { loadCalling, type Calling } from "./later.js";
import { UNANSWERED, type Layer, type Slot } from "./slot.js";
import {
  canonical,
  type Answer,
  type Dehydrated,
  type Json,
  type Merge,
  type News,
  type Params,
  type Reply,
  type Shown,
  type Stale,
} from "./wire.js";

/** How requests are made. What it throws beside `MizanError` counts as a lost answer. */
export interface Transport {
  fetch(context: string, params: Params, signal: AbortSignal): Promise<Reply>;
  /** *shown* are entries that the call may change and that the answer may bring. */
  call(info: ServerFunction, args: Params, shown: readonly Shown[], options: Sending): Promise<Answer>;
}

/** A way that reads and calls may go rather than over the transport; null where they should not. */
export interface Shortcut {
  fetch(...read: Parameters<Transport["fetch"]>): Promise<Reply> | null;
  call(info: ServerFunction, args: Params, options: Sending): Promise<Answer> | null;
}

/** What happens in a kernel, for those who watch it (devtools). */
export type Happening =
  | { readonly kind: "read"; readonly entry: Entry }
  | { readonly kind: "mount"; readonly entry: Entry }
  | { readonly kind: "call"; readonly id: number; readonly name: string; readonly args: Params }
  | { readonly kind: "answer"; readonly id: number; readonly answer: Answer; readonly refused: readonly Merge[] }
  | { readonly kind: "failure"; readonly id: number; readonly error: unknown }
  | { readonly kind: "news"; readonly news: News }
  | { readonly kind: "doubt" | "reset" };

/** What a kernel may be given beside its transport. */
export interface Outside {
  /** What calls need, where it is there from the beginning, and how it is fetched. @throws MizanError */
  readonly loaded?: Calling;
  readonly load?: () => Promise<Calling>;
  /** Run a task soon, after what is being done now. */
  readonly soon?: (task: () => void) => void;
  /** Hear of what the calls of this kernel have changed. */
  readonly tell?: (news: News) => void;
  /** Hear of everything. */
  readonly emit?: (happening: Happening) => void;
}

/** A call that was made: what the user expects of it, and when that was. */
export interface Call {
  readonly info: ServerFunction;
  readonly args: Params;
  readonly options: Sending;
  readonly sent: number;
  readonly epoch: number;
  readonly pending: readonly Pending[];
}

export type Pending = readonly [entry: Entry, slot: Slot, layer: Layer];

/** What is news of everything: a reset. */
export const EVERYTHING = "*";
/** Beyond these, entries that nobody looks at are forgotten, the oldest first. */
const MOST_ENTRIES = 1000;

export class Kernel implements Surroundings {
  declare readonly transport: Transport;
  live: Shortcut | null = null;
  /** Before a call is sent: whether, and when, it may be; set by who knows. @throws MizanError */
  declare ready?: (info: ServerFunction, options: Sending) => Promise<void> | undefined;
  /** How often somebody else has begun to ask. */
  epoch = 0;
  /** What calls need, once it is there. */
  loaded: Calling | null = null;
  /** Fetches it. @throws MizanError */
  readonly load: () => Promise<Calling> = loadCalling;
  #clock = 0;
  /** All that must hear what is said of them, in the order in which they were made. */
  readonly #entries = new Set<Entry>();
  readonly #byKey = new Map<string, Entry>();
  /** When each context, and when everything, was last touched: what a server rendered before that is old. */
  readonly touched = new Map<string, number>();
  #calls = 0;
  #waiting: (() => void)[] = [];
  #calling: Promise<Calling> | null = null;

  constructor(transport?: Transport, outside?: Outside) {
    Object.assign(this, { transport }, outside);
  }

  /** The entry of a context with *params*; the same object for equal ones. */
  entry(context: Context, params: object = {}): Entry {
    const entry = this.#entry({ context: context.name, params: params as Params });
    entry.declare(context.slots as Declared);
    return entry;
  }

  /** All entries that there are. */
  entries(): readonly Entry[] {
    return [...this.#entries];
  }

  /** The entry of *shown*, if there is one. */
  known(shown: Shown): Entry | undefined {
    return this.#byKey.get(keyOf(shown));
  }

  /** What calls need, fetched when it is first wanted. @throws MizanError `OFFLINE` */
  calling(): Promise<Calling> {
    return (this.#calling ??= this.load().then(
      (calling) => (this.loaded = calling),
      (error: unknown) => {
        this.#calling = null;
        throw error;
      },
    ));
  }

  /**
   * Call a function.
   *
   * @throws MizanError as the server answered, or `NETWORK` when nobody knows whether it was done.
   */
  async call<A extends object, R, X extends object, E extends object>(
    info: ServerFunction<A, R, X, E>,
    args: A,
    options: CallOptions<A, X> = {},
  ): Promise<R> {
    const { optimistic = {}, params = args } = options;
    const expectations = typeof optimistic === "function" ? optimistic(args) : optimistic;
    const sent = this.tick();
    const pending = this.#expect(expectations as Expectations, params as Params);
    // As they are now: a form may be emptied before it is sent.
    const own = { ...args } as Params;
    this.emit({ kind: "call", id: sent, name: info.name, args: own });
    const call = { info, args: own, options, sent, epoch: this.epoch, pending };
    this.#calls++;
    try {
      const { perform } = await this.calling().catch((error: unknown) => {
        // It was not sent.
        this.emit({ kind: "failure", id: sent, error });
        for (const [entry, slot, layer] of pending) {
          entry.mark();
          slot.withdraw(layer);
        }
        this.conclude();
        throw error;
      });
      return (await perform(this, call)) as R;
    } finally {
      this.#calls--;
      this.rest();
    }
  }

  /** What a context has now, from the server. @throws MizanError */
  async read<P extends object, S extends object>(context: Context<P, S>, params: P): Promise<S> {
    const entry = this.entry(context as Context, params);
    if (!entry.isFetching) entry.refetch();
    await entry.until(() => !entry.isBusy && (!entry.isStale || !!entry.error));
    if (entry.error) throw entry.error;
    return entry.content() as S;
  }

  /** What somebody else has changed; `["*"]` is a reset. */
  invalidate(news: News): void {
    if (news.includes(EVERYTHING)) return this.clear();
    this.emit({ kind: "news", news });
    this.change(news, this.tick());
    this.conclude();
  }

  /** Another viewer, or none: nothing that is here, or under way, is theirs. */
  reset(): void {
    this.invalidate([EVERYTHING]);
  }

  /** Take what a server rendered before this kernel was made. */
  hydrate(state: Dehydrated): void {
    for (const rendered of state) this.#entry(rendered).hydrate(rendered);
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    if (this.#isBusy()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Try again what could not be read. */
  retry(): void {
    for (const entry of this.#entries) entry.retry();
  }

  tick(): number {
    return ++this.#clock;
  }

  touchedAt(context: string): number {
    return Math.max(...[EVERYTHING, context].map((name) => this.touched.get(name) ?? 0));
  }

  soon(task: () => void): void {
    queueMicrotask(task);
  }

  emit(_happening: Happening): void {}

  /** Others must hear of *news*. */
  tell?(news: News): void;

  rest(): void {
    if (!this.#isBusy()) for (const resolve of this.#waiting.splice(0)) resolve();
  }

  adopt(entry: Entry): void {
    if (this.#entries.has(entry)) return;
    this.#entries.add(entry);
    // What has been said without its hearing it.
    entry.invalidate();
    if (!this.known(entry)) this.#byKey.set(keyOf(entry), entry);
  }

  /** Make stale what *news* says; `["*"]` is everything. */
  change(news: News, now: number): void {
    for (const item of news) {
      const { context, function: slot, ...scope }: Stale = typeof item === "string" ? { context: item } : item;
      this.touched.set(context, now);
      for (const entry of this.#entries) {
        // While nobody knows which entries of the context are excluded none is.
        const isConcerned = entry.context === context && this.loaded?.relation(entry, scope, slot) !== "other";
        if (isConcerned || context === EVERYTHING) entry.invalidate(now, slot);
      }
    }
  }

  /** Show what has changed: all of it at once. */
  conclude(): void {
    for (const entry of this.entries().filter((marked) => marked.settle())) entry.changed();
  }

  /** Begin anew, for whoever asks now. */
  clear(): void {
    this.epoch++;
    // Whoever hears of it may fail: nothing is left then.
    for (const entry of this.#entries) entry.clear();
    for (const entry of this.#entries) entry.changed();
    this.emit({ kind: "reset" });
  }

  #entry(shown: Shown): Entry {
    let entry = this.known(shown);
    if (!entry) {
      if (this.#entries.size >= MOST_ENTRIES) this.#forgetOldest();
      // As they are now: whoever asks may change them, and then means another entry.
      entry = new Entry(shown.context, { ...shown.params }, this);
      this.adopt(entry);
    }
    return entry;
  }

  /** The oldest that nobody looks at hears nothing from now on; should somebody still have it and look, it begins anew. */
  #forgetOldest(): void {
    const oldest = this.entries().find((entry) => !entry.isMounted && !entry.isBusy);
    if (!oldest) return;
    this.#entries.delete(oldest);
    if (this.known(oldest) === oldest) this.#byKey.delete(keyOf(oldest));
    oldest.clear();
  }

  #expect(expectations: Expectations, params: Params): Pending[] {
    const pending: Pending[] = [];
    for (const [context, slots = {}] of Object.entries(expectations)) {
      for (const entry of this.#entries) {
        if (entry.context !== context || isUnlike(entry.params, params)) continue;
        for (const [name, update] of Object.entries(slots)) {
          const slot = entry.mark().slot(name);
          const layer = { update, until: UNANSWERED };
          slot.expect(layer);
          pending.push([entry, slot, layer]);
        }
      }
    }
    this.conclude();
    return pending;
  }

  #isBusy(): boolean {
    return this.#calls > 0 || this.entries().some((entry) => entry.isBusy);
  }
}

/** Whether a parameter that both have differs. */
function isUnlike(asked: Params, params: Params): boolean {
  return Object.entries(asked).some(
    ([name, value]) => name in params && value !== undefined && canonical(value) !== canonical(params[name] as Json),
  );
}

/** Under what an entry is known. */
function keyOf({ context, params }: Shown): string {
  return `${context} ${canonical(params)}`;
}
