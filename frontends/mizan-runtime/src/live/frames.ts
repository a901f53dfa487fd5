/** What goes over the socket, one JSON object a text frame (docs/protocol.md, "Live"). */

import type { Details } from "../errors.js";
import type { Invalidation, Json, Merge, Params } from "../wire.js";

/** The subprotocol, which names the version of what is said here. */
export const SUBPROTOCOL = "mizan.v1";

/** How far a channel has been heard. */
export interface Position {
  readonly epoch: string;
  readonly offset: number;
}

/** A request, to which the session gives its id. */
export type Asked =
  | { readonly action: "rpc"; readonly fn: string; readonly args: Params }
  | { readonly action: "watch"; readonly context: string; readonly params: Params; readonly version?: string }
  | { readonly action: "subscribe"; readonly channel: string; readonly params: Params; readonly since?: Position }
  | { readonly action: "unsubscribe"; readonly channel: string; readonly params: Params }
  | { readonly action: "message"; readonly channel: string; readonly params: Params; readonly data: Json }
  | { readonly action: "auth"; readonly token: string };

export type Sent =
  | (Asked & { readonly id: number })
  | { readonly action: "unwatch"; readonly id: number }
  | { readonly action: "pong"; readonly n: number };

/** What is wrong, as the server says it. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly details?: Details;
  readonly data?: Json;
}

/** The answer to a request that went well. */
export interface Good {
  readonly id: number;
  readonly ok: true;
  readonly data?: Json;
  readonly invalidate?: readonly Invalidation[];
  readonly merge?: readonly Merge[];
  /** Of a watch: what the bundle was read at, whether it is that of the request, and the server's spelling of its parameters. */
  readonly version?: string;
  readonly unchanged?: boolean;
  readonly scope?: string;
}

export interface Bad {
  readonly id: number;
  readonly ok: false;
  readonly error: Problem;
  readonly invalidate?: readonly Invalidation[];
}

/** One who is in a channel. */
export interface Member<D = Json> {
  readonly id: string;
  readonly data: D;
}

/** A message of a channel: its data, or who has come or gone. */
export interface Message {
  readonly action: "message";
  readonly channel: string;
  readonly params: Params;
  readonly offset: number;
  readonly data?: Json;
  readonly presence?: { readonly joined?: readonly Member[]; readonly left?: readonly Member[] };
}

/** What the server says without having been asked. */
export type Told =
  | { readonly action: "stale"; readonly ids: readonly number[] }
  | Message
  | { readonly action: "gap"; readonly channel: string; readonly params: Params; readonly position: Position }
  | { readonly action: "dropped"; readonly channel: string; readonly params: Params; readonly error: Problem }
  | { readonly action: "ping"; readonly n: number };

export type Received = Good | Bad | Told;

/** What a subscription is answered with. */
export interface Joined {
  readonly position: Position;
  readonly recovered: boolean;
  /** Who is there, where the channel says so. */
  readonly presence?: readonly Member[];
}
