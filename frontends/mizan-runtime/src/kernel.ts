/**
 * The cache of a client: entries, calls, and what answers say of them.
 *
 * It promises that a slot which is not stale contains every change that this client has been told of, and that a stale
 * slot somebody looks at is being read. docs/clients.md has the rules; slot.ts the theory.
 */

import type { CallOptions, Context, Expectations, Sending, ServerFunction } from "./descriptors.js";
import { Entry, type Declared, type Surroundings } from "./entry.js";
import { MizanError } from "./errors.js";
import type { Scope } from "./scope.js";
import { Layer, type Mode, type Slot } from "./slot.js";
import {
  canonical,
  type Answer,
  type Bundle,
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
  /** Run a task soon, after what is being done now. */
  readonly soon?: (task: () => void) => void;
  /** Hear of what the calls of this kernel have changed. */
  readonly tell?: (news: News) => void;
  /** Hear of everything. */
  readonly watch?: (happening: Happening) => void;
}

interface Pending {
  readonly entry: Entry;
  readonly slot: Slot;
  readonly layer: Layer;
}

const REPLACE: Mode = { kind: "replace" };
/** What is news of everything: a reset. */
export const EVERYTHING = "*";
/** As many as the server takes. */
const MOST_SHOWN = 16;
/** Beyond these, entries that nobody looks at are forgotten, the oldest first. */
const MOST_ENTRIES = 1000;

export class Kernel {
  #clock = 0;
  #epoch = 0;
  /** All that must hear what is said of them, in the order in which they were made. */
  readonly #entries = new Set<Entry>();
  readonly #byKey = new Map<string, Entry>();
  /** What a server has rendered of entries that nobody has asked for yet. */
  readonly #hydrated = new Map<string, Reply>();
  /** When each context, and when everything, was last touched: what a server rendered before that is old. */
  readonly #touched = new Map<string, number>();
  #doubted = 0;
  #calls = 0;
  #lastCall = 0;
  readonly #waiting: (() => void)[] = [];
  readonly #drained = new WeakMap<Entry, number>();
  readonly #transport: Transport;
  readonly #outside: Outside;
  readonly #surroundings: Surroundings;

  constructor(transport: Transport, outside: Outside = {}) {
    this.#transport = transport;
    this.#outside = outside;
    this.#surroundings = {
      tick: () => ++this.#clock,
      fetch: (context, params, signal) => transport.fetch(context, params, signal),
      adopt: (entry) => this.#adopt(entry),
      touched: (context) => this.#touchedAt(context),
      // Browsers want their own `queueMicrotask` called on nothing but the window.
      soon: outside.soon ?? ((task) => queueMicrotask(task)),
      readsChanged: (entry) => outside.watch?.({ kind: "read", entry }),
      mountsChanged: (entry) => outside.watch?.({ kind: "mount", entry }),
      rest: () => this.#rest(),
    };
  }

  /** The entry of a context with *params*; the same object for equal ones. */
  entry(context: Context, params: object = {}): Entry {
    const key = keyOf(context.name, params as Params);
    let entry = this.#byKey.get(key);
    if (entry === undefined) {
      if (this.#entries.size >= MOST_ENTRIES) this.#forgetOldest();
      entry = new Entry(context.name, params as Params, context.slots as Declared, this.#surroundings);
      this.#adopt(entry);
      const reply = this.#hydrated.get(key);
      if (reply !== undefined) entry.hydrate(reply);
      this.#hydrated.delete(key);
    }
    return entry;
  }

  /** All entries that there are. */
  entries(): readonly Entry[] {
    return [...this.#entries];
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
    const sent = ++this.#clock;
    const epoch = this.#epoch;
    const id = ++this.#lastCall;
    const { optimistic = {}, params = args } = options;
    const expectations = typeof optimistic === "function" ? optimistic(args) : optimistic;
    const pending = this.#expect(expectations as Expectations, params as Params);
    this.#outside.watch?.({ kind: "call", id, name: info.name, args: args as Params });
    this.#calls++;
    try {
      const answer = await this.#transport.call(info, args as Params, this.#shown(info.affects ?? []), options);
      if (epoch === this.#epoch) this.#accept(info, answer, sent, pending, id);
      return answer.result as R;
    } catch (error) {
      if (epoch === this.#epoch) this.#fail(error, pending, id);
      throw error;
    } finally {
      this.#calls--;
      this.#rest();
    }
  }

  /** What a context has now, from the server. @throws MizanError */
  async read<P extends object, S extends object>(context: Context<P, S>, params: P): Promise<S> {
    const entry = this.entry(context as Context, params);
    if (!entry.isFetching) entry.refetch();
    await new Promise<void>((resolve) => {
      const stop = entry.subscribe(() => {
        if (entry.isBusy || (entry.isStale && entry.error === null)) return;
        stop();
        resolve();
      });
    });
    if (entry.error !== null) throw entry.error;
    return entry.content() as S;
  }

  /** What somebody else has changed; `["*"]` is a reset. */
  invalidate(news: News): void {
    if (news.includes(EVERYTHING)) {
      this.#clear();
      return;
    }
    this.#outside.watch?.({ kind: "news", news });
    this.#conclude(this.#invalidated(news, ++this.#clock));
  }

  /** Anything may have changed: what somebody looks at is read again. */
  doubt(): void {
    this.#outside.watch?.({ kind: "doubt" });
    this.#conclude(this.#doubtAll(++this.#clock));
  }

  /** Another viewer, or none: nothing that is here, or under way, is theirs. */
  reset(): void {
    this.invalidate([EVERYTHING]);
  }

  /** Take what a server rendered before this kernel was made. */
  hydrate(state: Dehydrated): void {
    for (const { context, params, ...reply } of state) {
      const key = keyOf(context, params);
      const entry = this.#byKey.get(key);
      if (entry === undefined) this.#hydrated.set(key, reply);
      else entry.hydrate(reply);
    }
  }

  /** What is known and fresh, for a client elsewhere to begin with. */
  dehydrate(): Dehydrated {
    return dehydrated(this.entries());
  }

  /** As `dehydrate`: what has become known since the last time. */
  drain(): Dehydrated {
    const changed = this.entries().filter((entry) => this.#drained.get(entry) !== entry.version && !entry.isStale);
    for (const entry of changed) this.#drained.set(entry, entry.version);
    return dehydrated(changed);
  }

  /** Resolves when nothing is under way. */
  idle(): Promise<void> {
    if (!this.#isBusy()) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Try again what could not be read. */
  retry(): void {
    for (const entry of this.#entries) entry.retry();
  }

  #clear(): void {
    this.#epoch++;
    this.#hydrated.clear();
    this.#outside.watch?.({ kind: "reset" });
    for (const entry of this.entries()) {
      if (entry.isMounted) entry.clear();
      else this.#forget(entry);
    }
  }

  #touchedAt(context: string): number {
    return Math.max(this.#doubted, this.#touched.get(context) ?? 0);
  }

  #shown(contexts: readonly string[]): Shown[] {
    return this.entries()
      .filter((entry) => entry.isMounted && contexts.includes(entry.context))
      .slice(0, MOST_SHOWN)
      .map(({ context, params }) => ({ context, params }));
  }

  #expect(expectations: Expectations, params: Params): Pending[] {
    const pending: Pending[] = [];
    for (const [context, slots = {}] of Object.entries(expectations)) {
      for (const entry of this.#entriesOf(context, { params })) {
        for (const [name, update] of Object.entries(slots)) {
          const slot = entry.slot(name);
          const layer = new Layer(update);
          slot.expect(layer);
          pending.push({ entry, slot, layer });
        }
      }
    }
    this.#conclude(new Set(pending.map(({ entry }) => entry)));
    return pending;
  }

  #accept(info: ServerFunction, answer: Answer, sent: number, pending: readonly Pending[], id: number): void {
    const now = ++this.#clock;
    const { invalidate = [], merge: merges = [], refresh = [] } = answer;
    const merged = new Set<Slot>();
    const changed = new Set(pending.map(({ entry }) => entry));
    const refused: Merge[] = [];
    const put = (entry: Entry, name: string, mode: Mode, value: Json): boolean => {
      changed.add(entry);
      const slot = entry.slot(name);
      const isTaken = slot.merge(sent, now, mode, value);
      if (isTaken) merged.add(slot);
      else entry.invalidate(now, name);
      return isTaken;
    };
    const brought = refresh.flatMap(({ context, params, bundle, scope }) => {
      const entry = this.#byKey.get(keyOf(context, params));
      return entry === undefined ? [] : [{ entry, bundle, scope }];
    });
    // First of all, so that the rest of the answer finds the entries.
    for (const { entry, scope } of brought) entry.learn(scope);
    for (const merge of merges) {
      this.#touched.set(merge.context, now);
      const mode = info.modes?.[merge.context]?.[merge.slot] ?? REPLACE;
      for (const entry of this.#entriesOf(merge.context, merge, merge.slot)) {
        if (entry.relation(merge, merge.slot) === "same") {
          if (!put(entry, merge.slot, mode, merge.value)) refused.push(merge);
        } else {
          // Only the server knows whether it is this entry's.
          entry.invalidate(now, merge.slot);
          changed.add(entry);
        }
      }
    }
    for (const { entry, bundle } of brought) {
      entry.recovered();
      for (const [name, value] of Object.entries(bundle)) put(entry, name, REPLACE, value);
    }
    for (const entry of this.#invalidated(invalidate, now)) changed.add(entry);
    for (const { slot, layer } of pending) {
      // What the answer does not mention has not changed.
      if (slot.touched < now) slot.withdraw(layer);
      else slot.answer(layer, now, merged.has(slot));
    }
    this.#outside.watch?.({ kind: "answer", id, answer, refused });
    this.#conclude(changed);
    this.#tell([...invalidate, ...merges.map(asInvalidation)]);
  }

  #fail(error: unknown, pending: readonly Pending[], id: number): void {
    const now = ++this.#clock;
    const changed = new Set(pending.map(({ entry }) => entry));
    this.#outside.watch?.({ kind: "failure", id, error });
    if (error instanceof MizanError && error.isRefusal) {
      for (const { slot, layer } of pending) slot.withdraw(layer);
      for (const entry of this.#invalidated(error.invalidate, now)) changed.add(entry);
      this.#tell(error.invalidate);
    } else {
      for (const { slot, layer } of pending) slot.answer(layer, now, false);
      for (const entry of this.#doubtAll(now)) changed.add(entry);
    }
    this.#conclude(changed);
  }

  #invalidated(news: News, now: number): Set<Entry> {
    const changed = new Set<Entry>();
    for (const item of news) {
      const { context, function: slot, ...scope }: Stale = typeof item === "string" ? { context: item } : item;
      this.#touched.set(context, now);
      for (const entry of this.#entriesOf(context, scope, slot)) {
        entry.invalidate(now, slot);
        changed.add(entry);
      }
    }
    return changed;
  }

  #doubtAll(now: number): Set<Entry> {
    this.#doubted = now;
    for (const entry of this.#entries) entry.invalidate(now);
    return new Set(this.#entries);
  }

  #conclude(changed: ReadonlySet<Entry>): void {
    for (const entry of changed) {
      for (const name of entry.slotNames()) entry.slot(name).release();
      entry.refresh();
    }
    for (const entry of changed) entry.changed();
  }

  #tell(news: News): void {
    if (news.length > 0) this.#outside.tell?.(news);
  }

  #isBusy(): boolean {
    return this.#calls > 0 || this.entries().some((entry) => entry.isBusy);
  }

  #rest(): void {
    if (this.#waiting.length === 0 || this.#isBusy()) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #adopt(entry: Entry): void {
    if (this.#entries.has(entry)) return;
    this.#entries.add(entry);
    // What has been said without its hearing it.
    entry.invalidate(this.#touchedAt(entry.context));
    const key = keyOf(entry.context, entry.params);
    if (!this.#byKey.has(key)) this.#byKey.set(key, entry);
  }

  /** It hears nothing from now on; should somebody still have it and look, it begins anew. */
  #forget(entry: Entry): void {
    this.#entries.delete(entry);
    const key = keyOf(entry.context, entry.params);
    if (this.#byKey.get(key) === entry) this.#byKey.delete(key);
    entry.clear();
  }

  #forgetOldest(): void {
    const oldest = this.entries().find((entry) => !entry.isMounted && !entry.isBusy);
    if (oldest !== undefined) this.#forget(oldest);
  }

  /** The entries that *scope* may concern: a parameter that both have and that differs excludes one. */
  #entriesOf(context: string, scope: Scope, slot?: string): Entry[] {
    return this.entries().filter((entry) => entry.context === context && entry.relation(scope, slot) !== "other");
  }
}

function keyOf(context: string, params: Params): string {
  return `${context} ${canonical(params)}`;
}

function dehydrated(entries: readonly Entry[]): Dehydrated {
  return entries
    .map((entry) => ({ context: entry.context, params: entry.params, scope: entry.scope, bundle: entry.fresh() }))
    .filter(({ bundle }: { bundle: Bundle }) => Object.keys(bundle).length > 0);
}

/** Elsewhere nobody knows when this merge was made, relative to what they have read. */
function asInvalidation({ context, slot, params }: Merge): Stale {
  return { context, function: slot, ...(params === undefined ? {} : { params }) };
}
