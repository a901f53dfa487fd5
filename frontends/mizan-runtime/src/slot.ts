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

import { canonical, isList, type Json } from "./wire.js";

/** How a merge changes a slot. */
export type Mode =
  | { readonly kind: "replace" }
  /** Into a list: the item with the same `key` is replaced; a new one is put where `place` says, or read anew. */
  | { readonly kind: "upsert"; readonly key: string; readonly place: "append" | "prepend" | "refetch" };

/** What the user expects a call to make of a slot's content. */
export type Update = (content: Json) => Json;

/** An expected change, until the effect of its call is in the content. */
export class Layer {
  /** When the call was answered; null while it has not been. */
  answered: number | null = null;
  /** Whether the effect comes with the call's own merge; else with a read that starts after the answer. */
  isMerged = false;

  constructor(readonly update: Update) {}
}

interface HeldRead {
  readonly kind: "read";
  readonly start: number;
  readonly value: Json;
}

interface HeldMerge {
  readonly kind: "merge";
  readonly at: number;
  readonly mode: Mode;
  readonly value: Json;
}

type Upsert = HeldMerge & { readonly mode: { readonly kind: "upsert" } };

export class Slot {
  #content: Json | undefined;
  #has = false;
  #asOf = 0;
  #dirty = 0;
  #lastTouched = 0;
  /** The last answer whose order among the other events nobody knows. */
  #overtaken = 0;
  #layers: readonly Layer[] = [];
  #held: readonly (HeldRead | HeldMerge)[] = [];
  /** Those that a read which started earlier does not show; replayed over such a read. */
  #upserts: readonly Upsert[] = [];
  #shown: { readonly value: Json | undefined } | null = null;

  /** When the server last may have changed it. */
  get touched(): number {
    return this.#lastTouched;
  }

  /** Whether a read is needed. One that is held is as good as another, until the calls that it waits for are answered. */
  get needsRead(): boolean {
    return this.#isBehind && !this.#held.some((held) => held.kind === "read" && held.start >= this.#lastTouched);
  }

  /** Whether the content may lack something that this client has been told of. */
  get isStale(): boolean {
    return this.#isBehind || this.#held.some((held) => held.kind === "merge");
  }

  /** Whether the server has said anything. */
  get isPresent(): boolean {
    return this.#has;
  }

  /** Whether something is shown that the server has not confirmed. */
  get isExpected(): boolean {
    return this.#layers.length > 0;
  }

  /** What to show: the content with what the user expects on top. The same object until something changes. */
  get value(): Json | undefined {
    this.#shown ??= { value: this.#expected() };
    return this.#shown.value;
  }

  /** What the server said, to be kept; undefined when it may be old. */
  get fresh(): Json | undefined {
    return this.isStale ? undefined : this.#content;
  }

  expect(layer: Layer): void {
    this.#layers = [...this.#layers, layer];
    this.#shown = null;
  }

  invalidate(now: number): void {
    this.#dirty = this.#lastTouched = Math.max(this.#lastTouched, now);
  }

  /** The answer to a read that began at *start*. */
  read(start: number, value: Json): void {
    this.#held = [...this.#held, { kind: "read", start, value }];
    this.release();
  }

  /**
   * A merge of a call that was sent at *sent* and answered *now*.
   *
   * Gives false where it cannot be believed: something else touched the slot while the call was under way, so nobody
   * knows which of the two the server did first. Then the slot is stale.
   */
  merge(sent: number, now: number, mode: Mode, value: Json): boolean {
    // What the same answer has said before this does not count, but that it came too late does.
    if (this.#lastTouched > sent && this.#lastTouched < now) this.#overtaken = now;
    if (this.#overtaken === now || !this.#takes(mode, value)) {
      this.invalidate(now);
      return false;
    }
    if (mode.kind === "upsert" && !this.#has) {
      // There is no list to put it into; the first read may have started too early to have it.
      this.#upserts = [...this.#upserts, { kind: "merge", at: now, mode, value }];
      this.invalidate(now);
      return false;
    }
    this.#lastTouched = now;
    this.#held = [...this.#held, { kind: "merge", at: now, mode, value }];
    return true;
  }

  /** The call behind a layer was answered *now*. */
  answer(layer: Layer, now: number, isMerged: boolean): void {
    layer.answered = now;
    layer.isMerged = isMerged;
  }

  /** The call behind a layer has done nothing. */
  withdraw(layer: Layer): void {
    this.#layers = this.#layers.filter((other) => other !== layer);
    this.#shown = null;
  }

  /** Take what was held back, as far as no layer is in the way. Called when an answer has been told to all slots. */
  release(): void {
    if (this.#layers.some((layer) => layer.answered === null)) return;
    const answered = Math.max(0, ...this.#layers.map((layer) => layer.answered ?? 0));
    if (this.#layers.every((layer) => layer.isMerged)) {
      this.#takeHeld(-1);
    } else if (this.#held.some((held) => held.kind === "read" && held.start > answered)) {
      this.#takeHeld(answered);
    } else {
      // A read from before the answers may or may not show their effect; one that tells is on its way.
      this.#held = this.#held.filter((held) => held.kind === "merge");
    }
  }

  get #isBehind(): boolean {
    return !this.#has || this.#dirty > this.#asOf;
  }

  /** Nothing can be expected of what is not there. */
  #expected(): Json | undefined {
    if (!this.#has) return undefined;
    return this.#layers.reduce<Json>((content, layer) => layer.update(content), this.#content as Json);
  }

  #takeHeld(after: number): void {
    const held = this.#held.filter((item) => (item.kind === "read" ? item.start : item.at) > after);
    this.#held = [];
    this.#layers = [];
    this.#shown = null;
    for (const item of held) {
      if (item.kind === "read") this.#takeRead(item);
      else this.#takeMerge(item);
    }
  }

  #takeRead({ start, value }: HeldRead): void {
    if (start >= this.#lastTouched) {
      this.#replace(value, start);
      return;
    }
    if (!this.#has || (this.#isBehind && start > this.#asOf)) {
      // Newer than what is shown. It may lack what was touched since: upserts are put in again, after an invalidation
      // it is progress, and still stale.
      const later = this.#upserts.filter((upsert) => upsert.at > start);
      this.#replace(
        later.reduce<Json>((list, upsert) => upserted(list, upsert), value),
        start,
      );
      this.#upserts = later;
    }
  }

  #takeMerge(merge: HeldMerge): void {
    if (merge.mode.kind === "replace") {
      this.#replace(merge.value, merge.at);
      return;
    }
    const upsert = merge as Upsert;
    this.#upserts = [...this.#upserts, upsert];
    this.#content = upserted(this.#content as Json, upsert);
    // What was old is old in all but this item.
    if (!this.#isBehind) this.#asOf = merge.at;
  }

  #replace(value: Json, asOf: number): void {
    this.#content = value;
    this.#has = true;
    this.#asOf = Math.max(this.#asOf, asOf);
    this.#upserts = [];
  }

  #takes(mode: Mode, value: Json): boolean {
    if (mode.kind === "replace") return true;
    const key = keyOf(value, mode.key);
    if (key === null || (this.#has && !isList(this.#content))) return false;
    return mode.place !== "refetch" || !this.#has || position(this.#content as readonly Json[], mode.key, key) >= 0;
  }
}

function upserted(content: Json, { mode, value }: Upsert): Json {
  if (!isList(content)) return content;
  const { key, place } = mode as Extract<Mode, { kind: "upsert" }>;
  const at = position(content, key, keyOf(value, key) ?? "");
  if (at >= 0) return content.map((item, index) => (index === at ? value : item));
  if (place === "refetch") return content;
  return place === "append" ? [...content, value] : [value, ...content];
}

function position(list: readonly Json[], name: string, key: string): number {
  return list.findIndex((item) => keyOf(item, name) === key);
}

/** The text of an item's key; null when it has none. */
function keyOf(item: Json, name: string): string | null {
  if (item === null || typeof item !== "object" || isList(item)) return null;
  const key = item[name];
  return key === undefined || key === null ? null : canonical(key);
}
