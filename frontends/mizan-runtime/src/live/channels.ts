/** Channels of an interface, as generated code declares them and components use them. */

import type { MizanError } from "../errors.js";
import type { Mizan } from "../mizan.js";
import type { Json, Params } from "../wire.js";
import { connectionOf } from "./connection.js";
import type { Member } from "./frames.js";
import type { ChannelStatus, Subscription } from "./subscription.js";

/** A channel with parameters *P*, to which a page sends *S* and from which it hears *R*. */
export interface Channel<P extends object = object, S = unknown, R = unknown> {
  readonly name: string;
  /** Types alone; never there. */
  readonly types?: { readonly params: P; readonly sent: S; readonly received: R };
}

/** What a component knows of a channel. */
export interface ChannelState<S, R> {
  readonly status: ChannelStatus;
  /** Those that have come since somebody on the page listens, the last thousand. */
  readonly messages: readonly R[];
  /** Who is there, where the channel says so. */
  readonly present: readonly Member[];
  /** Why the server does not, or no longer, let this page in; null while it does. */
  readonly error: MizanError | null;
  /** How often messages were lost for good: when it grows, read again what was made of them. */
  readonly gaps: number;
  /** Resolves when the server has taken the message. @throws MizanError */
  send(message: S): Promise<void>;
}

/** The subscription that components with equal parameters share. */
export function channelOf<P extends object, S, R>(mizan: Mizan, channel: Channel<P, S, R>, params: P): Subscription {
  return connectionOf(mizan).session.subscription(channel.name, params as unknown as Params);
}

/** What *subscription* is now. */
export function stateOf<S, R>(subscription: Subscription): ChannelState<S, R> {
  return { ...liveState<S, R>(() => subscription) };
}

/** What the subscription that *subscription* gives is, whenever it is looked at. */
export function liveState<S, R>(subscription: () => Subscription): ChannelState<S, R> {
  return {
    get status() {
      return subscription().status;
    },
    get messages() {
      return subscription().messages as readonly R[];
    },
    get present() {
      return subscription().present;
    },
    get error() {
      return subscription().error;
    },
    get gaps() {
      return subscription().gaps;
    },
    send: (message) => subscription().send(message as Json),
  };
}
