/**
 * One client's side of a live connection: requests and their answers, watches, subscriptions.
 *
 * It knows frames, but no socket and no clock: who owns it says when a connection opens, what comes, and when it is lost.
 */

import type { Sending, ServerFunction } from "../descriptors.js";
import type { Entry } from "../entry.js";
import { MizanError } from "../errors.js";
import type { MizanEvent } from "../mizan.js";
import {
  canonical,
  type Answer,
  type Bundle,
  type Codec,
  type Invalidation,
  type Json,
  type Params,
  type Reply,
} from "../wire.js";
import type { Asked, Good, Joined, Problem, Received, Sent } from "./frames.js";
import { Subscription } from "./subscription.js";

/** What a session needs of its surroundings. */
export interface Host {
  readonly json: Codec;
  /** All entries of the client. */
  entries(): readonly Entry[];
  /** A frame goes out, or has come. */
  frame?(direction: "out" | "in", frame: Sent | Received): void;
  /** There is something to connect for. */
  wanted?(): void;
  /** Run *task* when what has failed may go well. */
  later?(task: () => void): void;
}

/** The connection was lost before the answer came: a read may be made again; of a call nobody knows whether it was done. */
export class Lost extends MizanError {
  constructor() {
    super({ code: "NETWORK", message: "The connection was lost before the answer." });
  }
}

interface Waiting {
  readonly resolve: (answer: Good) => void;
  readonly reject: (reason: MizanError) => void;
}

interface Watch {
  readonly id: number;
  /** Whether the server will say when it is stale: it was asked on this connection, has not refused, and has not said so since. */
  isAsked: boolean;
  /** What the server last answered; null while it has not, or has refused. */
  known: { readonly version: string | undefined; readonly reply: Reply } | null;
  /** Ends with the request that is under way: there may be one for each id. */
  turn: Promise<unknown>;
  /** How many wait for an answer, and when the last one came. */
  pending: number;
  answered: number;
}

/** As many requests as may be under way: a server refuses more than it lets run and wait. */
const MOST_UNANSWERED = 12;
/** What a server takes as one frame, in bytes. */
const LONGEST_FRAME = 65_536;

export class Session {
  #send: ((text: string) => void) | null = null;
  #isReady = false;
  #lastId = 0;
  /** Ticks when a call is sent, and when a watch is answered. */
  #clock = 0;
  /** When each call that is under way was sent. */
  readonly #calls = new Map<number, number>();
  readonly #unanswered = new Map<number, Waiting>();
  readonly #queue: (() => void)[] = [];
  /** Calls that have no other way. */
  readonly #hopeful: { readonly resolve: () => void; readonly reject: (reason: MizanError) => void }[] = [];
  readonly #watches = new Map<string, Watch>();
  readonly #subscriptions = new Map<string, Subscription>();
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Whether reads and calls may go this way. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** Whether anything wants a connection: an entry that is shown, or a channel. */
  get isWanted(): boolean {
    return (
      this.#hopeful.length > 0 ||
      this.#shown().length > 0 ||
      [...this.#subscriptions.values()].some(({ isHeld }) => isHeld)
    );
  }

  /** A connection has opened, on which *send* sends. */
  open(send: (text: string) => void): void {
    this.#send = send;
  }

  /** Who asks has been said: channels are joined again, and what is shown is read, since nobody knows what was missed. */
  resume(): void {
    this.#isReady = true;
    for (const { resolve } of this.#hopeful.splice(0)) resolve();
    for (const subscription of this.#subscriptions.values()) if (subscription.isHeld) void this.#join(subscription);
    for (const entry of this.#shown()) entry.retry();
    this.#keep();
  }

  /** The connection is gone. */
  close(): void {
    if (this.#send === null) return;
    this.#send = null;
    this.#isReady = false;
    const lost = [...this.#unanswered.values()];
    this.#unanswered.clear();
    for (const watch of this.#watches.values()) watch.isAsked = false;
    for (const { reject } of lost) reject(new Lost());
    // What has not been sent sees that there is no connection.
    for (const next of this.#queue.splice(0)) next();
    for (const subscription of this.#subscriptions.values()) subscription.lost();
  }

  /** Somebody else is asking: what is known, and what was to be sent, was another's. Called when there is no connection. */
  forget(): void {
    this.#watches.clear();
    this.giveUp();
    for (const subscription of this.#subscriptions.values()) subscription.forget();
  }

  /** A frame has come. @throws SyntaxError for one that is not of the protocol */
  receive(text: string): void {
    const frame = this.#host.json.parse(text) as Received;
    this.#host.frame?.("in", frame);
    if ("ok" in frame) {
      const waiting = this.#unanswered.get(frame.id);
      this.#unanswered.delete(frame.id);
      if (frame.ok) waiting?.resolve(frame);
      else waiting?.reject(errorOf(frame.error, frame.invalidate));
      this.#queue.shift()?.();
      return;
    }
    switch (frame.action) {
      case "ping":
        return this.#put({ action: "pong", n: frame.n });
      case "stale":
        return this.#stale(new Set(frame.ids));
      case "message":
        return this.#of(frame)?.heard(frame);
      case "gap":
        return this.#of(frame)?.gap(frame.position);
      case "dropped":
        return this.#of(frame)?.dropped(errorOf(frame.error));
    }
  }

  /** Make a request. @throws MizanError as it was answered; `Lost` when the connection is gone */
  async request(asked: Asked, id = ++this.#lastId): Promise<Good> {
    while (this.#send !== null && this.#unanswered.size >= MOST_UNANSWERED) {
      await new Promise<void>((next) => this.#queue.push(next));
    }
    if (this.#send === null) throw new Lost();
    return await new Promise((resolve, reject) => {
      this.#unanswered.set(id, { resolve, reject });
      this.#put({ ...asked, id });
    });
  }

  /** Read a context, and be told from then on when it is stale. Null where that must go another way. */
  fetch(context: string, params: Params, signal: AbortSignal): Promise<Reply> | null {
    if (!this.#isReady) return null;
    const key = keyOf(context, params);
    const watch = this.#watches.get(key) ?? {
      id: ++this.#lastId,
      isAsked: false,
      known: null,
      turn: Promise.resolve(),
      pending: 0,
      answered: 0,
    };
    this.#watches.set(key, watch);
    watch.pending++;
    const reply = watch.turn.then(() => this.#watch(watch, context, params, signal));
    watch.turn = reply
      .catch(() => undefined)
      .then(() => {
        watch.pending--;
        watch.answered = ++this.#clock;
      });
    return reply;
  }

  /** Call a function whose way is the connection. Null where that must go another way. */
  call(info: ServerFunction, args: Params, { signal }: Sending = {}): Promise<Answer> | null {
    const asked: Asked = { action: "rpc", fn: info.name, args };
    const isPossible = this.#isReady || info.socketOnly === true;
    if (info.websocket !== true || !isPossible || (isTooLong(asked, this.#host.json) && info.socketOnly !== true))
      return null;
    return endedBy(
      signal,
      this.#ready()
        .then(() => signal?.throwIfAborted())
        .then(() => this.request(asked)),
    ).then(({ data = null, invalidate = [], merge = [] }) => ({
      result: data,
      invalidate,
      merge,
    }));
  }

  /** There will be no connection soon: what waits for one is not done. */
  giveUp(): void {
    for (const { reject } of this.#hopeful.splice(0)) reject(offline());
    for (const subscription of this.#subscriptions.values()) subscription.lost();
  }

  /** What happens in the client. */
  hear(happening: MizanEvent): void {
    if (happening.kind === "call") {
      this.#calls.set(happening.id, ++this.#clock);
    } else if (happening.kind === "failure") {
      this.#calls.delete(happening.id);
    } else if (happening.kind === "answer") {
      this.#verify(happening.answer, this.#calls.get(happening.id) ?? 0);
      this.#calls.delete(happening.id);
    }
    // When what happens has happened.
    queueMicrotask(() => this.#keep());
  }

  /** End the watches of entries that nobody looks at any longer. */
  sweep(): void {
    const shown = new Set(this.#shown().map(({ context, params }) => keyOf(context, params)));
    for (const [key, { id, pending }] of this.#watches) {
      if (shown.has(key) || pending > 0) continue;
      this.#watches.delete(key);
      this.#put({ action: "unwatch", id });
    }
  }

  /** The subscription of *channel* with *params*: the same object for equal ones. */
  subscription(channel: string, params: Params): Subscription {
    const key = keyOf(channel, params);
    const known = this.#subscriptions.get(key);
    if (known !== undefined) return known;
    const made: Subscription = new Subscription(channel, params, {
      send: (data) => this.#message(channel, params, data),
      join: () => {
        if (this.#isReady) void this.#join(made);
        else this.#host.wanted?.();
      },
      leave: () => this.#leave(made),
    });
    this.#subscriptions.set(key, made);
    return made;
  }

  /**
   * What an answer brings (merges, refreshed bundles) was read when the call was made. A watch whose read was under way meanwhile
   * may have read later, and is not told of what it has seen: nobody knows which of the two is newer.
   */
  #verify({ merge = [], refresh = [] }: Answer, sent: number): void {
    const brought = new Set([...merge, ...refresh].map(({ context }) => context));
    for (const entry of this.#host.entries()) {
      const watch = brought.has(entry.context) ? this.#watchOf(entry) : undefined;
      if (watch !== undefined && (watch.pending > 0 || watch.answered > sent)) entry.refetch();
    }
  }

  /** See to it that what is shown is watched: what is fresh without it (an answer has brought it) is read for that. */
  #keep(): void {
    if (!this.#isReady) return;
    for (const entry of this.#shown()) {
      if (!entry.isStale && !entry.isFetching && this.#watchOf(entry)?.isAsked !== true) entry.refetch();
    }
  }

  #watchOf({ context, params }: Entry): Watch | undefined {
    return this.#watches.get(keyOf(context, params));
  }

  /** Wait for a connection. @throws MizanError `OFFLINE` */
  async #ready(): Promise<void> {
    if (this.#isReady) return;
    await new Promise<void>((resolve, reject) => {
      this.#hopeful.push({ resolve, reject });
      this.#host.wanted?.();
    });
  }

  async #watch(watch: Watch, context: string, params: Params, signal: AbortSignal): Promise<Reply> {
    signal.throwIfAborted();
    watch.isAsked = true;
    const version = watch.known?.version;
    const since = version === undefined ? {} : { version };
    try {
      const answer = await this.request({ action: "watch", context, params, ...since }, watch.id);
      if (answer.unchanged !== true || watch.known === null) {
        watch.known = {
          version: answer.version,
          reply: { bundle: answer.data as Bundle, scope: answer.scope ?? null },
        };
      }
      return watch.known.reply;
    } catch (error) {
      // After a loss what was known is still known.
      if (!(error instanceof Lost)) watch.known = null;
      watch.isAsked = false;
      throw error;
    }
  }

  async #join(subscription: Subscription): Promise<void> {
    const { channel, params, position } = subscription;
    const since = position === null ? {} : { since: position };
    subscription.joining();
    try {
      const { data } = await this.request({ action: "subscribe", channel, params, ...since });
      subscription.joined(data as unknown as Joined);
    } catch (error) {
      if (error instanceof Lost) return;
      subscription.dropped(error as MizanError);
      if (isRefused(error as MizanError)) return;
      this.#host.later?.(() => {
        if (this.#isReady && subscription.isHeld && subscription.status === "disconnected")
          void this.#join(subscription);
      });
    }
  }

  #leave({ channel, params, status }: Subscription): void {
    if (status !== "disconnected") this.request({ action: "unsubscribe", channel, params }).catch(() => undefined);
  }

  async #message(channel: string, params: Params, data: Json): Promise<void> {
    const asked: Asked = { action: "message", channel, params, data };
    if (isTooLong(asked, this.#host.json)) {
      throw errorOf({ code: "PAYLOAD_TOO_LARGE", message: `A message may have ${LONGEST_FRAME} bytes.` });
    }
    await this.request(asked);
  }

  #put(frame: Sent): void {
    if (this.#send === null) return;
    this.#host.frame?.("out", frame);
    this.#send(this.#host.json.stringify(frame));
  }

  #stale(ids: ReadonlySet<number>): void {
    for (const entry of this.#host.entries()) {
      const watch = this.#watchOf(entry);
      if (watch === undefined || !ids.has(watch.id)) continue;
      // It has been told of once, and is again when it has been read.
      watch.isAsked = false;
      entry.refetch();
    }
  }

  #shown(): Entry[] {
    return this.#host.entries().filter((entry) => entry.isMounted);
  }

  #of({ channel, params }: { readonly channel: string; readonly params: Params }): Subscription | undefined {
    const subscription = this.#subscriptions.get(keyOf(channel, params));
    return subscription?.isHeld === true ? subscription : undefined;
  }
}

function keyOf(name: string, params: Params): string {
  return `${name} ${canonical(params)}`;
}

/** As *work*, unless *signal* ends it before. */
function endedBy<T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const end = (): void => reject(signal.reason as Error);
    signal.addEventListener("abort", end);
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", end));
  });
}

/** Nothing was sent. */
export function offline(): MizanError {
  return new MizanError({ code: "OFFLINE", message: "There is no connection." });
}

function isTooLong(asked: Asked, json: Codec): boolean {
  const text = json.stringify(asked);
  // A character is three bytes at most; the id is still to come.
  return text.length * 3 > LONGEST_FRAME && new TextEncoder().encode(text).length > LONGEST_FRAME - 64;
}

/** Whether the server says no, and not that it cannot. */
function isRefused({ status }: MizanError): boolean {
  return status < 500 && status !== 429;
}

/** The codes whose statuses matter: of what has failed nobody knows whether it was done, and some say "not now". */
const STATUSES: { readonly [code: string]: number } = {
  RATE_LIMITED: 429,
  INTERNAL_ERROR: 500,
  NOT_IMPLEMENTED: 501,
  BAD_GATEWAY: 502,
  SERVICE_UNAVAILABLE: 503,
  GATEWAY_TIMEOUT: 504,
};

/** An error over the socket has no status: that of its code; of what the function itself refuses 400. */
function errorOf(problem: Problem, invalidate: readonly Invalidation[] = []): MizanError {
  return new MizanError({ ...problem, status: STATUSES[problem.code] ?? 400, invalidate });
}
