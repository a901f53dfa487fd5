/**
 * A server, a network and a client, and every step of theirs in a random order.
 *
 * The server does one thing at a time. A request reaches it when the schedule says so, and its answer the client when the
 * schedule says so. So each schedule is one history that a real network may produce, and its seed brings it back.
 */

import * as calling from "../src/calling.js";
import type { Calling } from "../src/later.js";
import { Lost, Session } from "../src/live/session.js";
import { gathered, type Part, type Read } from "../src/gather.js";
import {
  Kernel,
  MizanError,
  type Answer,
  type Bundle,
  type Happening,
  type Invalidation,
  type Json,
  type Merge,
  type Params,
  type Reply,
  type Shown,
} from "../src/index.js";

export const SLOTS = ["log", "items", "size"] as const;
const CONTEXT = { name: "room", slots: { log: ["room"], items: ["room"], size: ["room"] } };

/** A repeatable source of randomness (mulberry32). */
export class Dice {
  constructor(private state: number) {}

  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }
}

/** What the server keeps of one room: the ids of all writes in order, and those of each item. */
interface Room {
  readonly log: number[];
  readonly items: Map<number, number[]>;
}

/** Which slots a kind of call changes, and how its answer says so. */
export const KINDS = ["append", "appendMerged", "put", "putMerged", "both", "everything"] as const;
export type Kind = (typeof KINDS)[number];

export class Server {
  private readonly rooms = new Map<number, Room>();

  bundle(room: number): Bundle {
    const { log, items } = this.room(room);
    return { log: [...log], items: this.list(items), size: log.length };
  }

  /** Do what *kind* asks for, and say what that changed. */
  write(kind: Kind, room: number, id: number, item: number): Answer {
    const state = this.room(room);
    state.log.push(id);
    const params = { room };
    const writesItem = kind === "put" || kind === "putMerged" || kind === "both";
    if (writesItem) state.items.set(item, [...(state.items.get(item) ?? []), id]);
    const mergedLog: Merge = { context: "room", slot: "log", params, value: [...state.log] };
    const mergedItem: Merge = { context: "room", slot: "items", params, value: this.item(item, state.items) };
    const size: Invalidation = { context: "room", function: "size", params };
    const log: Invalidation = { context: "room", function: "log", params };
    switch (kind) {
      case "append":
        return { result: id, invalidate: [log, size] };
      case "appendMerged":
        return { result: id, merge: [mergedLog], invalidate: [size] };
      case "put":
        return { result: id, invalidate: [{ context: "room", params }] };
      case "putMerged":
        return { result: id, merge: [mergedItem], invalidate: [log, size] };
      case "both":
        return { result: id, merge: [mergedLog, mergedItem], invalidate: [{ context: "room", params }] };
      case "everything":
        return { result: id, invalidate: ["room"] };
    }
  }

  private room(number: number): Room {
    let room = this.rooms.get(number);
    if (room === undefined) this.rooms.set(number, (room = { log: [], items: new Map() }));
    return room;
  }

  private list(items: Map<number, number[]>): Json[] {
    return [...items.keys()].map((id) => this.item(id, items));
  }

  private item(id: number, items: Map<number, number[]>): Json {
    return { id, writes: [...(items.get(id) ?? [])] };
  }
}

interface Message {
  readonly deliver: () => void;
}

/** A watch as the server keeps it: it is told once when its room has changed, until it is read again. */
interface Watched {
  readonly room: number;
  isTold: boolean;
}

/**
 * A socket between client and server: what goes one way arrives in the order in which it was sent, unless it is cut.
 *
 * As a real server does it, this one notes a watch before it reads, and answers later.
 */
class Line {
  readonly session: Session;
  private watched: Map<number, Watched> | null = null;
  private readonly unanswered = new Set<number>();

  constructor(private readonly world: World) {
    this.session = new Session({ json: JSON, entries: () => world.kernel.entries() });
  }

  connect(): void {
    if (this.watched !== null) return;
    const watched = (this.watched = new Map<number, Watched>());
    const up = this.pipe(watched, (text) => this.receive(watched, JSON.parse(text)));
    this.session.open(up);
    this.session.resume();
  }

  cut(): void {
    this.watched = null;
    this.unanswered.clear();
    this.session.close();
  }

  /** Something of *room* has changed; by this client itself when *isOwn*, whose answer will say so. */
  changed(room: number, isOwn: boolean): void {
    if (this.watched === null || isOwn) return;
    for (const [id, watch] of this.watched) {
      if (watch.room !== room || watch.isTold) continue;
      watch.isTold = true;
      this.down(this.watched, { action: "stale", ids: [id] });
    }
  }

  private receive(
    watched: Map<number, Watched>,
    frame: { action: string; id: number; params: Params; version?: string },
  ) {
    if (frame.action === "unwatch") {
      watched.delete(frame.id);
    } else if (frame.action === "watch") {
      const room = Number(frame.params["room"]);
      if (this.unanswered.has(frame.id)) throw new Error(`Violation: the id ${frame.id} is in use`);
      this.unanswered.add(frame.id);
      watched.set(frame.id, { room, isTold: false });
      this.world.send(() => this.answer(watched, frame.id, room, frame.version));
    }
  }

  private answer(watched: Map<number, Watched>, id: number, room: number, known: string | undefined): void {
    if (this.watched === watched) this.unanswered.delete(id);
    const fate = this.world.fate();
    if (fate < 0.05) {
      watched.delete(id);
      this.down(watched, { id, ok: false, error: { code: "INTERNAL_ERROR", message: "broken" } });
      return;
    }
    const { bundle, scope } = this.world.reply(String(room));
    const version = JSON.stringify(bundle);
    const answer = known === version ? { unchanged: true } : { data: bundle, scope };
    this.down(watched, { id, ok: true, version, ...answer });
  }

  private readonly downs = new WeakMap<Map<number, Watched>, (text: string) => void>();

  private down(watched: Map<number, Watched>, frame: object): void {
    let pipe = this.downs.get(watched);
    if (pipe === undefined) this.downs.set(watched, (pipe = this.pipe(watched, (text) => this.session.receive(text))));
    pipe(JSON.stringify(frame));
  }

  /** Deliver in order what is put in, one at a time, until the connection is another. */
  private pipe(watched: Map<number, Watched>, deliver: (text: string) => void): (text: string) => void {
    const texts: string[] = [];
    return (text) => {
      texts.push(text);
      this.world.send(() => {
        const first = texts.shift();
        if (first !== undefined && this.watched === watched) deliver(first);
      });
    };
  }
}

/** One client and one server under a schedule. */
export class World {
  readonly server = new Server();
  readonly kernel: Kernel;
  readonly dice: Dice;
  /** Writes whose answers this client has had, by room. */
  readonly told = new Map<number, Set<number>>();
  reads = 0;
  /** Writes that the user expects and that are not answered yet, by room and slot. */
  readonly expected = new Map<string, Set<number>>();
  private readonly messages: Message[] = [];
  private readonly tasks: (() => void)[] = [];
  private readonly unmounts = new Map<number, () => void>();
  private lastId = 0;
  /** Whether a read may fail. */
  private isFailing = true;
  private readonly read = gathered(
    ([, query], signal) => this.one(query, signal),
    (reads, signal) => this.several(reads, signal),
  );
  /** Writes that were told of, as the items they changed. */
  readonly itemsOf = new Map<number, number>();
  /** Null where there is no socket. */
  readonly line: Line | null;

  constructor(
    seed: number,
    private readonly rooms: number,
    /** Whether the page spells the parameters otherwise than the server. */
    private readonly isSpelled = false,
    /** Whether what others change is told over a socket alone. */
    isLive = false,
  ) {
    this.dice = new Dice(seed);
    this.kernel = new Kernel(
      {
        fetch: (context, params, signal) => {
          const alone = () => this.read([context, String(params["room"])], signal);
          return this.line?.session.fetch(context, params, signal)?.catch(lostOr(alone)) ?? alone();
        },
        call: ({ name }, args, shown) => this.call(name as Kind, args, shown),
      },
      {
        load: () => new Promise((resolve, reject) => this.send(() => this.bring(resolve, reject))),
        soon: (task) => this.tasks.push(task),
        emit: (happening) => this.hear(happening),
      },
    );
    this.line = isLive ? new Line(this) : null;
  }

  /** What calls need is there some time later, or not. */
  private bring(resolve: (calling: Calling) => void, reject: (reason: MizanError) => void): void {
    if (this.fate() < 0.2) reject(new MizanError({ code: "OFFLINE", message: "it could not be loaded" }));
    else resolve(calling);
  }

  private hear(happening: Happening): void {
    this.line?.session.hear(happening);
    if (happening.kind === "mount" && !happening.entry.isMounted && this.dice.chance(0.5)) this.line?.session.sweep();
  }

  entry(room: number) {
    return this.kernel.entry(CONTEXT, this.params(room));
  }

  private params(room: number): Params {
    return { room: this.isSpelled ? ` ${room}` : room };
  }

  /** From now on nothing fails, and what has failed is tried again. */
  calm(): void {
    this.isFailing = false;
    this.line?.connect();
    this.kernel.retry();
  }

  mount(room: number): void {
    if (!this.unmounts.has(room))
      this.unmounts.set(
        room,
        this.entry(room).subscribe(() => undefined),
      );
  }

  unmount(room: number): void {
    this.unmounts.get(room)?.();
    this.unmounts.delete(room);
  }

  isMounted(room: number): boolean {
    return this.unmounts.has(room);
  }

  /** Something that a user, or another one, does. */
  act(): void {
    const room = this.dice.below(this.rooms);
    if (this.line !== null && this.dice.chance(0.3))
      return this.dice.chance(0.4) ? this.line.cut() : this.line.connect();
    const what = this.dice.next();
    // Where signals are all that is heard, more comes from others, and what is out of sight hears nothing.
    const [write, mount, unmount] = this.line === null ? [0.6, 0.75, 0.8] : [0.25, 0.45, 0.6];
    if (what < write) this.write(room);
    else if (what < mount) this.mount(room);
    else if (what < unmount) this.unmount(room);
    else if (what < 0.95) this.writeElsewhere(room);
    else this.entry(room).refetch();
  }

  /** Somebody else begins to ask, or the same user anew. */
  reset(): void {
    this.kernel.reset();
    this.line?.cut();
    this.line?.session.forget();
    this.expected.clear();
  }

  /** Let one thing happen that was waiting; gives whether there was one. */
  async step(): Promise<boolean> {
    const waiting = this.messages.length + this.tasks.length;
    if (waiting === 0) return false;
    const chosen = this.dice.below(waiting);
    // Several that run in one tick: their reads are gathered.
    if (chosen < this.tasks.length) this.tasks.splice(chosen, 1 + this.dice.below(3)).forEach((task) => task());
    else (this.messages.splice(chosen - this.tasks.length, 1)[0] as Message).deliver();
    await settled();
    return true;
  }

  private write(room: number): void {
    // What is not there yet can show no expectation.
    this.entry(room);
    const kind = this.dice.pick(KINDS);
    const id = ++this.lastId;
    const item = this.dice.below(4);
    const isOptimistic = this.dice.chance(0.5);
    const expected = (log: Json): Json => [...(log as Json[]), id];
    const items = (list: Json): Json => expectedItem(list as Item[], item, id);
    const changesItem = kind === "put" || kind === "putMerged" || kind === "both";
    const optimistic = isOptimistic
      ? { optimistic: { room: { log: expected, ...(changesItem ? { items } : {}) } } }
      : {};
    const modes = { room: { items: { kind: "upsert", key: "id", place: "append" } } } as const;
    const slots = isOptimistic ? (changesItem ? ["log", "items"] : ["log"]) : [];
    const answer = this.kernel.call(
      { name: kind, modes, affects: ["room"] },
      { room, id, item },
      { ...optimistic, params: this.params(room) },
    );
    for (const slot of slots) this.expectedIn(room, slot).add(id);
    const answered = () => slots.forEach((slot) => this.expectedIn(room, slot).delete(id));
    answer.then(() => {
      answered();
      this.tell(room, id);
      if (changesItem) this.itemsOf.set(id, item);
    }, answered);
  }

  expectedIn(room: number, slot: string): Set<number> {
    const key = `${room} ${slot}`;
    const expected = this.expected.get(key) ?? new Set();
    this.expected.set(key, expected);
    return expected;
  }

  /** Another client writes; the news of it reaches this one some time later. */
  private writeElsewhere(room: number): void {
    const kind = this.dice.pick(KINDS);
    const id = ++this.lastId;
    const item = this.dice.below(4);
    this.send(() => {
      const { invalidate = [], merge = [] } = this.server.write(kind, room, id, item);
      this.line?.changed(room, false);
      if (this.line !== null) return;
      const merged = merge.map(({ context, slot, params }) => ({ context, function: slot, params: params as Params }));
      this.send(() => this.kernel.invalidate([...invalidate, ...merged]));
    });
  }

  private tell(room: number, id: number): void {
    const told = this.told.get(room) ?? new Set();
    this.told.set(room, told.add(id));
  }

  private one(query: string, signal: AbortSignal): Promise<Reply> {
    this.reads++;
    return new Promise((resolve, reject) => {
      this.send(() => {
        const reply = this.reply(query);
        this.send(() => {
          if (signal.aborted) reject(new Error("aborted"));
          else resolve(reply);
        });
      });
    });
  }

  /** Reads in one request: the server reads one after the other, with whatever comes between, and may fail in some. */
  private several(reads: readonly Read[], signal: AbortSignal): Promise<readonly Part[] | null> {
    const fate = this.fate();
    const parts: Part[] = [];
    return new Promise((resolve, reject) => {
      const read = (index: number): void => {
        const asked = reads[index];
        if (asked !== undefined) {
          parts.push(this.part(asked[1]));
          this.send(() => read(index + 1));
        } else if (signal.aborted || fate < 0.03) {
          reject(new MizanError({ code: "NETWORK", message: "the connection was lost" }));
        } else {
          resolve(fate < 0.04 ? null : parts);
        }
      };
      this.send(() => read(0));
    });
  }

  /** What may go wrong does for small numbers. */
  fate(): number {
    return this.isFailing ? this.dice.next() : 1;
  }

  private part(query: string): Part {
    const fate = this.fate();
    if (fate < 0.1) return new MizanError({ code: "INTERNAL_ERROR", message: "broken", status: 500 });
    return fate < 0.2 ? null : this.reply(query);
  }

  reply(query: string): Reply {
    const room = Number(query);
    return { bundle: this.server.bundle(room), scope: `room;room=${room}` };
  }

  private call(kind: Kind, args: Params, shown: readonly Shown[]): Promise<Answer> {
    const fate = this.dice.next();
    return new Promise((resolve, reject) => {
      this.send(() => {
        if (fate < 0.1) {
          this.send(() => reject(new MizanError({ code: "CONFLICT", message: "refused", status: 409 })));
          return;
        }
        if (fate < 0.13) {
          this.send(() => reject(new MizanError({ code: "INTERNAL_ERROR", message: "broken", status: 500 })));
          return;
        }
        const { room, id, item } = args as { room: number; id: number; item: number };
        const answer = this.server.write(kind, room, id, item);
        this.line?.changed(room, true);
        this.send(() => {
          if (fate < 0.18) reject(new TypeError("the connection was lost"));
          else if (fate < 0.6) this.send(() => resolve(answer));
          else this.refreshed(answer, shown, resolve);
        });
      });
    });
  }

  /** The answer with what is shown as it is some time after the call; the server may leave some out. */
  private refreshed(answer: Answer, shown: readonly Shown[], resolve: (answer: Answer) => void): void {
    const brought = shown.filter(() => this.dice.chance(0.8));
    const refresh = brought.map((entry) => ({ ...entry, ...this.reply(String(entry.params["room"])) }));
    this.send(() => resolve({ ...answer, refresh }));
  }

  send(deliver: () => void): void {
    this.messages.push({ deliver });
  }
}

function lostOr(alone: () => Promise<Reply>): (error: unknown) => Promise<Reply> {
  return (error) => {
    if (error instanceof Lost) return alone();
    throw error;
  };
}

interface Item {
  readonly [name: string]: Json;
  readonly id: number;
  readonly writes: readonly number[];
}

function expectedItem(list: readonly Item[], id: number, write: number): Json {
  if (!list.some((item) => item.id === id)) return [...list, { id, writes: [write] }];
  return list.map((item) => (item.id === id ? { id, writes: [...item.writes, write] } : item));
}

/** Let promises that are settled tell. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 6; turn++) await Promise.resolve();
}
