/** What generated code says of an interface: contexts and functions, as far as the cache is concerned. */

import type { Mode, Update } from "./slot.js";

/** A context with parameters *P*, whose slots have the results *S*. */
export interface Context<P extends object = object, S extends object = object> {
  readonly name: string;
  /** Its functions, each with the parameters that it declares. */
  readonly slots: { readonly [slot in keyof S]: readonly string[] };
  /** Types alone; never there. */
  readonly types?: { readonly params: P; readonly slots: S };
}

/** A function with arguments *A* and result *R*; *X* is what a page may expect of it before it has answered. */
export interface ServerFunction<A extends object = object, R = unknown, X extends object = object> {
  readonly name: string;
  /** The contexts that it may change: those of them that are shown come with its answer, where the server can. */
  readonly affects?: readonly string[];
  /** How its result changes the slots it is merged into: `modes[context][slot]`; `replace` where nothing is said. */
  readonly modes?: { readonly [context: string]: { readonly [slot: string]: Mode } };
  /** Whether doing it twice is doing it once: then it may wait until the network is back. */
  readonly idempotent?: boolean;
  /** Types alone; never there. */
  readonly types?: { readonly args: A; readonly result: R; readonly expectations: X };
}

export interface CallOptions<A extends object = object, X extends object = object> {
  /** What is shown before the server answers, by context and slot: `{user: {user_orders: (orders) => [...orders, draft]}}`. */
  readonly optimistic?: X | ((args: A) => X);
  /** Which entries the expectations are of; without, every entry that the arguments do not exclude. */
  readonly params?: object;
}

/** Expectations as the kernel takes them. */
export type Expectations = { readonly [context: string]: { readonly [slot: string]: Update } | undefined };
