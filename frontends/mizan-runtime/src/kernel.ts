/**
 * The cache of a client: entries, calls, and what answers say of them.
 *
 * It promises that a slot which is not stale contains every change that this client has been told of, and that a stale
 * slot somebody looks at is being read. docs/clients.md has the rules; slot.ts the theory.
 */

import { Entry, type Scope, type Surroundings } from "./entry.js";
import { MizanError } from "./errors.js";
import { Layer, type Mode, type Slot, type Update } from "./slot.js";
import {
  canonical,
  type Answer,
  type Bundle,
  type Invalidation,
  type Json,
  type Merge,
  type Params,
  type Stale,
} from "./wire.js";

/** How requests are made. What it throws beside `MizanError` counts as a lost answer. */
export interface Transport {
  fetch(context: string, params: Params, signal: AbortSignal): Promise<Bundle>;
  call(name: string, args: Params): Promise<Answer>;
}

/** A context as the interface declares it: its name and its functions. */
export interface ContextInfo {
  readonly name: string;
  readonly functions: readonly string[];
}

/** A function as the interface declares it, as far as the cache is concerned. */
export interface FunctionInfo {
  readonly name: string;
  /** How its result changes the slots it is merged into: `modes[context][slot]`; `replace` where nothing is said. */
  readonly modes?: { readonly [context: string]: { readonly [slot: string]: Mode } };
}

/** What a user expects of a call: `{user: {user_orders: (orders) => [...orders, draft]}}`. */
export type Expectations = { readonly [context: string]: { readonly [slot: string]: Update } };

/** What a kernel may be given beside its transport. */
export interface Outside {
  /** Run a task soon, after what is being done now. */
  readonly soon?: (task: () => void) => void;
  /** Hear of what the calls of this kernel have changed. */
  readonly tell?: (news: News) => void;
}

export interface CallOptions {
  readonly optimistic?: Expectations;
  /** Which entries the expectations are of; without, every entry that the arguments do not exclude. */
  readonly params?: Params;
}

/** What another window of this client, or the server on its own, has to say. */
export type News = readonly Invalidation[];

/** Entries with their content, as JSON. */
export type Dehydrated = readonly { readonly context: string; readonly params: Params; readonly bundle: Bundle }[];

interface Pending {
  readonly entry: Entry;
  readonly slot: Slot;
  readonly layer: Layer;
}

const REPLACE: Mode = { kind: "replace" };
const EVERYTHING = "*";

export class Kernel {
  private clock = 0;
  private epoch = 0;
  private readonly entries = new Map<string, Entry>();
  /** When each context was last touched: what a server rendered before that is old. */
  private readonly touched = new Map<string, number>();
  private calls = 0;
  private waiting: (() => void)[] = [];
  private readonly surroundings: Surroundings;

  constructor(
    private readonly transport: Transport,
    private readonly outside: Outside = {},
  ) {
    const { soon = queueMicrotask } = outside;
    this.surroundings = {
      tick: () => ++this.clock,
      fetch: (context, params, signal) => transport.fetch(context, params, signal),
      rest: () => this.rest(),
      soon,
    };
  }

  /** The entry of a context with *params*; the same object for equal ones. */
  entry(context: ContextInfo, params: Params): Entry {
    const key = `${context.name} ${canonical(params)}`;
    let entry = this.entries.get(key);
    if (entry === undefined) {
      entry = new Entry(context.name, params, context.functions, this.surroundings);
      this.entries.set(key, entry);
    }
    return entry;
  }

  /**
   * Call a function.
   *
   * @throws MizanError as the server answered, or `NETWORK` when nobody knows whether it was done.
   */
  async call(info: FunctionInfo, args: Params, options: CallOptions = {}): Promise<Json> {
    const sent = ++this.clock;
    const epoch = this.epoch;
    const pending = this.expect(options.optimistic ?? {}, options.params ?? args);
    this.calls++;
    try {
      const answer = await this.transport.call(info.name, args);
      if (epoch === this.epoch) this.accept(info, answer, sent, pending);
      return answer.result;
    } catch (error) {
      if (epoch === this.epoch) this.fail(error, pending);
      throw error;
    } finally {
      this.calls--;
      this.rest();
    }
  }

  /** What somebody else has changed. */
  invalidate(news: News): void {
    if (news.includes(EVERYTHING)) this.reset();
    else this.conclude(this.invalidated(news, ++this.clock));
  }

  /** Another viewer, or none: nothing that is here, or under way, is theirs. */
  reset(): void {
    this.epoch++;
    for (const [key, entry] of [...this.entries]) {
      if (!entry.isMounted) this.entries.delete(key);
      entry.clear();
    }
  }

  /** Take what a server rendered before this kernel was made. */
  hydrate(context: ContextInfo, params: Params, bundle: Bundle): void {
    const entry = this.entry(context, params);
    const touched = this.touched.get(context.name);
    if (touched !== undefined) entry.invalidate(touched);
    entry.hydrate(bundle);
  }

  /** What is known and fresh, for a client elsewhere to begin with. */
  dehydrate(): Dehydrated {
    return [...this.entries.values()]
      .map((entry) => ({ context: entry.context, params: entry.params, bundle: entry.fresh() }))
      .filter(({ bundle }) => Object.keys(bundle).length > 0);
  }

  /** Resolves when nothing is under way. */
  idle(): Promise<void> {
    if (!this.isBusy()) return Promise.resolve();
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  /** Try again what could not be read. */
  retry(): void {
    for (const entry of this.entries.values()) entry.retry();
  }

  private expect(expectations: Expectations, params: Params): Pending[] {
    const pending: Pending[] = [];
    for (const [context, slots] of Object.entries(expectations)) {
      for (const entry of this.entriesOf(context, { params })) {
        for (const [name, update] of Object.entries(slots)) {
          const slot = entry.slot(name);
          const layer = new Layer(update);
          slot.expect(layer);
          pending.push({ entry, slot, layer });
        }
      }
    }
    this.conclude(new Set(pending.map(({ entry }) => entry)));
    return pending;
  }

  private accept(info: FunctionInfo, answer: Answer, sent: number, pending: readonly Pending[]): void {
    const now = ++this.clock;
    const merged = new Set<Slot>();
    const changed = new Set(pending.map(({ entry }) => entry));
    for (const merge of answer.merge ?? []) {
      this.touched.set(merge.context, now);
      const mode = info.modes?.[merge.context]?.[merge.slot] ?? REPLACE;
      for (const entry of this.entriesOf(merge.context, merge)) {
        const slot = entry.slot(merge.slot);
        if (slot.merge(sent, now, mode, merge.value)) merged.add(slot);
        changed.add(entry);
      }
    }
    for (const entry of this.invalidated(answer.invalidate ?? [], now)) changed.add(entry);
    for (const { slot, layer } of pending) {
      // What the answer does not mention has not changed.
      if (slot.touched < now) slot.withdraw(layer);
      else slot.answer(layer, now, merged.has(slot));
    }
    this.conclude(changed);
    this.tell([...(answer.invalidate ?? []), ...(answer.merge ?? []).map(asInvalidation)]);
  }

  private fail(error: unknown, pending: readonly Pending[]): void {
    const now = ++this.clock;
    const changed = new Set(pending.map(({ entry }) => entry));
    if (error instanceof MizanError && error.isRefusal) {
      for (const { slot, layer } of pending) slot.withdraw(layer);
      for (const entry of this.invalidated(error.invalidate, now)) changed.add(entry);
      this.tell(error.invalidate);
    } else {
      for (const { slot, layer } of pending) slot.answer(layer, now, false);
      for (const entry of this.entries.values()) {
        this.touched.set(entry.context, now);
        entry.invalidate(now);
        changed.add(entry);
      }
    }
    this.conclude(changed);
  }

  private invalidated(news: News, now: number): Set<Entry> {
    const changed = new Set<Entry>();
    for (const item of news) {
      const { context, function: slot, ...scope }: Stale = typeof item === "string" ? { context: item } : item;
      this.touched.set(context, now);
      for (const entry of this.entriesOf(context, scope)) {
        entry.invalidate(now, slot);
        changed.add(entry);
      }
    }
    return changed;
  }

  private conclude(changed: ReadonlySet<Entry>): void {
    for (const entry of changed) {
      for (const name of entry.slotNames()) entry.slot(name).release();
      entry.refresh();
    }
    for (const entry of changed) entry.changed();
  }

  private tell(news: News): void {
    if (news.length > 0) this.outside.tell?.(news);
  }

  private isBusy(): boolean {
    return this.calls > 0 || [...this.entries.values()].some((entry) => entry.isBusy);
  }

  private rest(): void {
    if (this.waiting.length === 0 || this.isBusy()) return;
    const waiting = this.waiting;
    this.waiting = [];
    for (const resolve of waiting) resolve();
  }

  private entriesOf(context: string, scope: Scope): Entry[] {
    return [...this.entries.values()].filter((entry) => entry.context === context && entry.matches(scope));
  }
}

/** Elsewhere nobody knows when this merge was made, relative to what they have read. */
function asInvalidation({ context, slot, params }: Merge): Stale {
  return { context, function: slot, ...(params === undefined ? {} : { params }) };
}
