/** The live connection: what others change is shown at once, and functions and channels go over a socket. */

import { Connection, connectionOf, type SocketOptions } from "./live/connection.js";
import type { Live, Mizan } from "./mizan.js";

export { channelOf, liveState, stateOf, type Channel, type ChannelState } from "./live/channels.js";
export type { SocketOptions } from "./live/connection.js";
export type { Member } from "./live/frames.js";
export type { ChannelStatus, Subscription } from "./live/subscription.js";

/** For the option `live` of a client. */
export function socket(mizan: Mizan): Live {
  return connectionOf(mizan);
}

/** As `socket`, with *options*; make it once, outside of components. */
export function socketWith(options: SocketOptions): (mizan: Mizan) => Live {
  return (mizan) => new Connection(mizan, options);
}
