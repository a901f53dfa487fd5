/** Channels. */

import { channelOf, liveState, type Channel, type ChannelState, type Subscription } from "mizan-runtime/socket";
import { createSubscriber } from "svelte/reactivity";

import { useMizan } from "./client.js";
import type { MaybeGetter } from "./slots.js";

export { socket, socketWith } from "mizan-runtime/socket";
export type { Channel, ChannelState, ChannelStatus, Member, SocketOptions } from "mizan-runtime/socket";

/** What is said in a channel, shared by all who ask for it, while an effect or a template shows it; reactive. */
export function useChannel<P extends object, S, R>(
  channel: Channel<P, S, R>,
  params: MaybeGetter<P>,
): ChannelState<S, R> {
  const mizan = useMizan();
  return liveState(() => heard(channelOf(mizan, channel, typeof params === "function" ? params() : params)));
}

const subscribers = new WeakMap<Subscription, () => void>();

/** *subscription*, whose changes the effect that asks is told, as long as it is there. */
function heard(subscription: Subscription): Subscription {
  let subscribe = subscribers.get(subscription);
  if (subscribe === undefined) {
    subscribe = createSubscriber((update) => subscription.hold(update));
    subscribers.set(subscription, subscribe);
  }
  subscribe();
  return subscription;
}
