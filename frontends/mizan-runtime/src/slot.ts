/**
 * One function's result in one entry: what is known of it, and what may be shown.
 *
 * All times are ticks of the kernel's one integer clock, which moves at every event, so that of any two events one is
 * known to be earlier *here*. What is not known is the order in which the server did things. Hence the one rule behind
 * all others: an answer counts as newer than an event only when its request was sent after that event.
 *
 * - `touched`: the last event that may have changed the slot on the server. A read that started before it may show the
 *   state from before the event.
 * - `asOf`: what the content is at least as new as. `dirty`: when it last became known to be old. Stale means that
 *   there is no content, or that `dirty` is later than `asOf`.
 * - Layers are what the user expects of calls whose effect is not in the content yet. While there are any, new content
 *   is held back: it may contain their effect already, and would show it twice.
 */

import type { Json } from "./wire.js";

/** How a merge changes a slot. */
export type Mode =
  | { readonly kind: "replace" }
  /** Into a list: the item with the same `key` is replaced; a new one is put where `place` says, or read anew. */
  | { readonly kind: "upsert"; readonly key: string; readonly place: "append" | "prepend" | "refetch" };

/** What is made of a slot's content. */
export type Update = (content: Json) => Json;

/** An expected change, until the effect of its call is in the content. */
export interface Layer {
  readonly update: Update;
  /** Content from after this has the effect: `UNANSWERED` at first, `MERGED` when the call's own merge brings it. */
  until: number;
}

export const UNANSWERED = Infinity;
export const MERGED = -1;

/** New content as of a tick: all of it (a read, a merge that replaces), or a part (an upsert). */
interface News {
  readonly kind: "read" | "replace" | "upsert";
  readonly at: number;
  readonly update: Update;
}

export class Slot {
  /** Undefined while the server has said nothing. */
  #content: Json | undefined;
  #asOf = 0;
  #dirty = 0;
  #lastTouched = 0;
  #layers: Layer[] = [];
  #held: News[] = [];
  /** Those that a read which started earlier does not show; replayed over such a read. */
  #upserts: News[] = [];
  /** What the layers make of the content; undefined until somebody asks. */
  #shown: Json | undefined;

  /** When the server last may have changed it. */
  get touched(): number {
    return this.#lastTouched;
  }

  /** Whether a read is needed. One that is held is as good as another, until the calls that it waits for are answered. */
  get needsRead(): boolean {
    return this.#isBehind && !this.#held.some(({ kind, at }) => kind === "read" && at >= this.#lastTouched);
  }

  /** Whether the content may lack something that this client has been told of. */
  get isStale(): boolean {
    return this.#isBehind || this.#held.some(({ kind }) => kind !== "read");
  }

  /** Whether the server has said anything. */
  get isPresent(): boolean {
    return this.#content !== undefined;
  }

  /** What to show: the content with what the user expects on top. The same object until something changes. */
  get value(): Json | undefined {
    // Nothing can be expected of what is not there.
    if (this.#content === undefined) return undefined;
    return (this.#shown ??= this.#layers.reduce((content, layer) => layer.update(content), this.#content));
  }

  /** What the server said; undefined while it has said nothing. */
  get content(): Json | undefined {
    return this.#content;
  }

  expect(layer: Layer): void {
    this.#layers.push(layer);
    this.#shown = undefined;
  }

  invalidate(now: number): void {
    this.#dirty = this.#lastTouched = Math.max(this.#lastTouched, now);
  }

  /** The answer to a read that began at *start*. */
  read(start: number, value: Json): void {
    this.hold("read", start, () => value);
    this.release();
  }

  /**
   * New content, to be taken when no layer is in the way.
   *
   * Gives false for an upsert where there is no list to put it into: the first read may have started too early to have it.
   */
  hold(kind: News["kind"], at: number, update: Update): boolean {
    const news = { kind, at, update };
    if (kind === "upsert" && !this.isPresent) {
      this.#upserts.push(news);
      return false;
    }
    if (kind !== "read") this.#lastTouched = at;
    this.#held.push(news);
    return true;
  }

  /** The call behind a layer has done nothing. */
  withdraw(layer: Layer): void {
    this.#layers = this.#layers.filter((other) => other !== layer);
    this.#shown = undefined;
  }

  /** Take what was held back, as far as no layer is in the way. Called when an answer has been told to all slots. */
  release(): void {
    const until = Math.max(MERGED, ...this.#layers.map((layer) => layer.until));
    if (until === UNANSWERED) return;
    const held = this.#held;
    if (until > MERGED && !held.some(({ kind, at }) => kind === "read" && at > until)) {
      // A read from before the answers may or may not show their effect; one that tells is on its way.
      this.#held = held.filter(({ kind }) => kind !== "read");
      return;
    }
    this.#held = [];
    this.#layers = [];
    this.#shown = undefined;
    for (const news of held) if (news.at > until) this.#take(news);
  }

  get #isBehind(): boolean {
    return !this.isPresent || this.#dirty > this.#asOf;
  }

  #take(news: News): void {
    const { kind, at, update } = news;
    if (kind === "upsert") {
      this.#upserts.push(news);
      this.#content = update(this.#content as Json);
      // What was old is old in all but this item.
      if (!this.#isBehind) this.#asOf = at;
      return;
    }
    const isNewest = kind === "replace" || at >= this.#lastTouched;
    // A read from before the last touch that is newer than what is shown is progress, and still stale; upserts that it may
    // lack are put in again.
    if (!isNewest && this.isPresent && !(this.#isBehind && at > this.#asOf)) return;
    this.#upserts = isNewest ? [] : this.#upserts.filter((upsert) => upsert.at > at);
    this.#content = this.#upserts.reduce((content, upsert) => upsert.update(content), update(null));
    this.#asOf = Math.max(this.#asOf, at);
  }
}
