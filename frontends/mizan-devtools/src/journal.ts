/** What has happened in a client, in words: each thing with what it has caused. */

import type { Answer, Entry, Invalidation, Merge, Mizan, MizanEvent, Params } from "mizan-runtime";

export interface Line {
  /** Milliseconds since the journal began. */
  readonly at: number;
  readonly kind: MizanEvent["kind"];
  readonly text: string;
  /** What followed from it. */
  readonly effects: readonly string[];
}

/** As many lines as are kept. */
const MOST_LINES = 200;

export class Journal {
  #lines: readonly Line[] = [];
  readonly #calls = new Map<number, { readonly name: string; readonly at: number }>();
  readonly #reads = new Map<Entry, number>();
  readonly #began = performance.now();
  readonly #changed: () => void;
  readonly #stop: () => void;

  constructor(mizan: Mizan, changed: () => void) {
    this.#changed = changed;
    this.#stop = mizan.on((event) => this.#hear(event));
  }

  /** The newest first. */
  get lines(): readonly Line[] {
    return this.#lines;
  }

  close(): void {
    this.#stop();
  }

  #hear(event: MizanEvent): void {
    // Looking changes nothing; what follows from it is told.
    if (event.kind === "mount") return;
    const at = performance.now() - this.#began;
    const [text, effects] = this.#told(event, at);
    this.#lines = [{ at, kind: event.kind, text, effects }, ...this.#lines].slice(0, MOST_LINES);
    this.#changed();
  }

  #told(
    event: Exclude<MizanEvent, { readonly kind: "mount" }>,
    at: number,
  ): readonly [text: string, effects: readonly string[]] {
    switch (event.kind) {
      case "read":
        return [this.#readTold(event.entry, at), []];
      case "call":
        this.#calls.set(event.id, { name: event.name, at });
        return [`call ${event.name}${paramsText(event.args)}`, []];
      case "answer":
        return [`answer of ${this.#ended(event.id, at)}`, effectsOf(event.answer, event.refused)];
      case "failure":
        return [`failure of ${this.#ended(event.id, at)}: ${String(event.error)}`, []];
      case "news":
        return ["told", event.news.map((item) => `stale: ${staleText(item)}`)];
      case "tab":
        return ["told by another window", event.news.map(staleText)];
      case "doubt":
        return ["anything may have changed", ["stale: everything"]];
      case "reset":
        return ["reset", ["everything was forgotten"]];
      case "viewer":
        return ["another viewer asks", []];
      case "interface":
        return [`the server has the interface ${event.server}`, []];
      case "online":
        return [event.isOnline ? "the network is back" : "the network is gone", []];
      case "live":
        return [event.isOpen ? "live: connected" : "live: disconnected", []];
      case "frame":
        return [`${event.isOut ? "→" : "←"} ${frameText(event.frame)}`, []];
    }
  }

  #readTold(entry: Entry, at: number): string {
    const began = this.#reads.get(entry);
    if (entry.isFetching) {
      this.#reads.set(entry, at);
      return `read ${entryText(entry)}`;
    }
    this.#reads.delete(entry);
    const outcome = entry.error === null ? "has been read" : `could not be read: ${String(entry.error)}`;
    return `${entryText(entry)} ${outcome}${duration(began, at)}`;
  }

  #ended(id: number, at: number): string {
    const call = this.#calls.get(id);
    this.#calls.delete(id);
    return `${call?.name ?? "a call"}${duration(call?.at, at)}`;
  }
}

/** `user(user_id: 1)`. */
export function entryText({ context, params }: Pick<Entry, "context" | "params">): string {
  return `${context}${paramsText(params)}`;
}

/** As many characters of a frame as are shown. */
const LONGEST_FRAME = 200;

function frameText(frame: object): string {
  // A token is nobody's to read over a shoulder.
  const text = jsonText("token" in frame ? { ...frame, token: "…" } : frame);
  return text.length > LONGEST_FRAME ? `${text.slice(0, LONGEST_FRAME)}…` : text;
}

function effectsOf({ invalidate = [], merge = [], refresh = [] }: Answer, refused: readonly Merge[]): string[] {
  return [
    ...invalidate.map((item) => `stale: ${staleText(item)}`),
    ...merge.map((item) => {
      const isRefused = refused.includes(item);
      return `${isRefused ? "not merged, since its order is unknown" : "merged"}: ${item.context}.${item.slot}${paramsText(item.params ?? {})}`;
    }),
    ...refresh.map((item) => `brought: ${entryText(item)}`),
  ];
}

function staleText(item: Invalidation): string {
  if (typeof item === "string") return item;
  const slot = item.function === undefined ? "" : `.${item.function}`;
  return `${item.context}${slot}${paramsText(item.params ?? item.texts ?? {})}`;
}

function paramsText(params: Params): string {
  const named = Object.entries(params).map(([name, value]) => `${name}: ${jsonText(value)}`);
  return named.length === 0 ? "" : `(${named.join(", ")})`;
}

function duration(began: number | undefined, at: number): string {
  return began === undefined ? "" : ` after ${Math.round(at - began)} ms`;
}

/** *value* for people: integers of any size, which JSON itself refuses. */
export function jsonText(value: unknown, indent?: number): string {
  return JSON.stringify(value, (_, member: unknown) => (typeof member === "bigint" ? String(member) : member), indent);
}
