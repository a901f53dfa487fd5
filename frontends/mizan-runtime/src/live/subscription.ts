/** A channel with its parameters, as one page hears it. */

import { MizanError } from "../errors.js";
import type { Json, Params } from "../wire.js";
import type { Joined, Member, Message, Position } from "./frames.js";

export type ChannelStatus = "connecting" | "connected" | "disconnected";

/** How a subscription reaches its session. */
export interface Route {
  send(data: Json): Promise<void>;
  /** Somebody holds it. */
  join(): void;
  /** Nobody does any longer. */
  leave(): void;
}

interface Unsent {
  readonly data: Json;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/** As many messages as are kept to be shown. */
const MOST_MESSAGES = 1000;

export class Subscription {
  #status: ChannelStatus = "connecting";
  #messages: readonly Json[] = [];
  #present: readonly Member[] = [];
  #error: MizanError | null = null;
  #gaps = 0;
  #position: Position | null = null;
  #changes = 0;
  #isJoined = false;
  readonly #listeners = new Set<() => void>();
  /** What waits for the channel to be joined. */
  #unsent: readonly Unsent[] = [];
  readonly #route: Route;

  constructor(
    readonly channel: string,
    readonly params: Params,
    route: Route,
  ) {
    this.#route = route;
  }

  get status(): ChannelStatus {
    return this.#status;
  }

  /** Those that have come, in order, at most the last thousand; another list after each. */
  get messages(): readonly Json[] {
    return this.#messages;
  }

  /** Who is there, where the channel says so. */
  get present(): readonly Member[] {
    return this.#present;
  }

  /** Why the server does not, or no longer, let this client in; null while it does. */
  get error(): MizanError | null {
    return this.#error;
  }

  /** How often messages were lost for good: what was made of them should be read again. */
  get gaps(): number {
    return this.#gaps;
  }

  /** How far it has been heard. */
  get position(): Position | null {
    return this.#position;
  }

  /** Another number after every change. */
  get version(): number {
    return this.#changes;
  }

  get isHeld(): boolean {
    return this.#listeners.size > 0;
  }

  /** Hear of every change, and keep the subscription, until what this gives is called. */
  hold(listener: () => void): () => void {
    const own = () => listener();
    this.#listeners.add(own);
    if (!this.#isJoined) {
      this.#isJoined = true;
      this.#route.join();
    }
    return () => {
      if (!this.#listeners.delete(own)) return;
      // What is held again at once (a component that is mounted twice) goes on.
      queueMicrotask(() => !this.isHeld && this.#isJoined && this.#end());
    };
  }

  /**
   * Send a message; resolves when the server has taken it. While the channel is being joined it waits.
   *
   * @throws MizanError as the server refuses it; `OFFLINE` while there is no connection: then it was not sent.
   */
  send(data: Json): Promise<void> {
    // Who only speaks joins for as long as that takes.
    const leave = this.hold(() => undefined);
    return this.#sent(data).finally(leave);
  }

  /** The server is being asked. */
  joining(): void {
    this.#become("connecting");
  }

  /** The server has let this client in: what it says after *position* will come. */
  joined({ position, recovered, presence = [] }: Joined): void {
    if (this.#position !== null && !recovered) this.#gaps++;
    this.#position = position;
    this.#present = presence;
    this.#error = null;
    this.#become("connected");
    for (const { data, resolve, reject } of this.#taken()) this.#route.send(data).then(resolve, reject);
  }

  /** A message has come; one that has come before does nothing. */
  heard({ data, presence, offset }: Message): void {
    if (this.#position === null || offset <= this.#position.offset) return;
    this.#position = { ...this.#position, offset };
    if (data !== undefined) this.#messages = [...this.#messages, data].slice(-MOST_MESSAGES);
    if (presence !== undefined) {
      const { joined = [], left = [] } = presence;
      const moved = new Set([...joined, ...left].map(({ id }) => id));
      this.#present = [...this.#present.filter(({ id }) => !moved.has(id)), ...joined];
    }
    this.#changed();
  }

  /** Messages up to *position* are lost. */
  gap(position: Position): void {
    this.#gaps++;
    this.#position = position;
    this.#changed();
  }

  /** The server does not, or no longer, let this client in. */
  dropped(error: MizanError): void {
    this.#error = error;
    this.#become("disconnected");
    for (const { reject } of this.#taken()) reject(error);
  }

  /** The connection is gone. */
  lost(): void {
    if (!this.#isJoined) return;
    this.#become("disconnected");
    for (const { reject } of this.#taken()) reject(offline());
  }

  /** Somebody else is asking, or nobody: what was heard, and what was to be sent, was another's. */
  forget(): void {
    this.#position = null;
    this.#messages = [];
    this.#present = [];
    this.#error = null;
    this.#gaps = 0;
    this.#become("connecting");
    for (const { reject } of this.#taken()) reject(offline());
  }

  #sent(data: Json): Promise<void> {
    if (this.#status === "connected") return this.#route.send(data);
    if (this.#status === "disconnected") return Promise.reject(this.#error ?? offline());
    return new Promise((resolve, reject) => (this.#unsent = [...this.#unsent, { data, resolve, reject }]));
  }

  #end(): void {
    this.#isJoined = false;
    this.#route.leave();
    this.forget();
  }

  #taken(): readonly Unsent[] {
    const unsent = this.#unsent;
    this.#unsent = [];
    return unsent;
  }

  #become(status: ChannelStatus): void {
    this.#status = status;
    this.#changed();
  }

  #changed(): void {
    this.#changes++;
    for (const listener of [...this.#listeners]) listener();
  }
}

function offline(): MizanError {
  return new MizanError({ code: "OFFLINE", message: "There is no connection: the message was not sent." });
}
