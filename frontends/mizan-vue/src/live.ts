/** Channels. */

import { channelOf, liveState, type Channel, type ChannelState } from "mizan-runtime/socket";
import { computed, shallowRef, toValue, watch } from "vue";

import { useMizan } from "./client.js";
import type { MaybeGetter } from "./slots.js";

export { socket, socketWith } from "mizan-runtime/socket";
export type { Channel, ChannelState, ChannelStatus, Member, SocketOptions } from "mizan-runtime/socket";

/** What is said in a channel, shared by all components that ask for it, while one of them is there; reactive. */
export function useChannel<P extends object, S, R>(
  channel: Channel<P, S, R>,
  params: MaybeGetter<P>,
): ChannelState<S, R> {
  const mizan = useMizan();
  const subscription = computed(() => channelOf(mizan, channel, toValue(params)));
  const version = shallowRef(0);
  if (typeof window !== "undefined") {
    watch(subscription, (meant, _, leave) => leave(meant.hold(() => version.value++)), {
      immediate: true,
      flush: "sync",
    });
  }
  return liveState(() => {
    void version.value;
    return subscription.value;
  });
}
