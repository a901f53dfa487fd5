/** What generated code says of an interface: contexts and functions, as far as the cache is concerned. */

import type { Mode, Update } from "./slot.js";
import type { Codec, Params } from "./wire.js";

/** A context with parameters *P*, whose slots have the results *S*. */
export interface Context<P extends object = object, S extends object = object> {
  readonly name: string;
  /** Its functions, each with the parameters that it declares. */
  readonly slots: { readonly [slot in keyof S]: readonly string[] };
  /** Types alone; never there. */
  readonly types?: { readonly params: P; readonly slots: S };
}

/**
 * A function with arguments *A* and result *R*; *X* is what a page may expect of it before it has answered, *E* the errors
 * that it declares, data by code.
 */
export interface ServerFunction<
  A extends object = object,
  R = unknown,
  X extends object = object,
  E extends object = object,
> {
  readonly name: string;
  /** The contexts that it may change: those of them that are shown come with its answer, where the server can. */
  readonly affects?: readonly string[];
  /** How its result changes the slots it is merged into: `modes[context][slot]`; `replace` where nothing is said. */
  readonly modes?: { readonly [context: string]: { readonly [slot: string]: Mode } };
  /** Whether doing it twice is doing it once: then it may wait until the network is back. */
  readonly idempotent?: boolean;
  /** Whether it goes over the socket while there is one. */
  readonly websocket?: boolean;
  /** Whether there is no other way for it. */
  readonly socketOnly?: boolean;
  /** How its arguments are sent where there are files among them: `upload` of "mizan-runtime/uploads". */
  readonly uploads?: Encode;
  /** Types alone; never there. */
  readonly types?: { readonly args: A; readonly result: R; readonly expectations: X; readonly errors: E };
}

/** How the request of a call is made. */
export interface Sending {
  /** How much of the files among the arguments has been sent, in bytes. */
  readonly onProgress?: (sent: number, total: number) => void;
  /** Ends the call; nobody knows then whether it was done. */
  readonly signal?: AbortSignal;
}

export interface CallOptions<A extends object = object, X extends object = object> extends Sending {
  /** What is shown before the server answers, by context and slot: `{user: {user_orders: (orders) => [...orders, draft]}}`. */
  readonly optimistic?: X | ((args: A) => X);
  /** Which entries the expectations are of; without, every entry that the arguments do not exclude. */
  readonly params?: object;
}

/** What a request is made of where it is not JSON, and who makes it where `fetch` cannot. */
export type Encode = (
  args: Params,
  options: Sending,
  json?: Codec,
) => {
  readonly body: FormData;
  readonly send?: typeof globalThis.fetch;
};

/** Expectations as the kernel takes them. */
export type Expectations = { readonly [context: string]: { readonly [slot: string]: Update } | undefined };
