/** Channels as hooks. */

import { channelOf, stateOf, type Channel, type ChannelState } from "mizan-runtime/socket";
import { useCallback, useMemo, useSyncExternalStore } from "react";

import { useMizan } from "./client.js";

export { socket, socketWith } from "mizan-runtime/socket";
export type { Channel, ChannelState, ChannelStatus, Member, SocketOptions } from "mizan-runtime/socket";

/** What is said in a channel, shared by all components that ask for it, while one of them is there. */
export function useChannel<P extends object, S, R>(channel: Channel<P, S, R>, params: P): ChannelState<S, R> {
  const subscription = channelOf(useMizan(), channel, params);
  const subscribe = useCallback((listener: () => void) => subscription.hold(listener), [subscription]);
  const version = (): number => subscription.version;
  const current = useSyncExternalStore(subscribe, version, version);
  return useMemo(() => stateOf<S, R>(subscription), [subscription, current]);
}
