/** Calls of functions. */

import {
  callsOf,
  IDLE,
  type Args,
  type CallOptions,
  type Calls,
  type CallState,
  type ServerFunction,
} from "mizan-runtime";
import { shallowRef } from "vue";

import { useMizan } from "./client.js";

/** A function of the server, to be called as one (as `mutate`), with the state of this component's calls of it. */
export interface Call<A extends object, R> extends Calls<A, R>, CallState<R> {
  /** @throws MizanError */
  (...args: Args<A>): Promise<R>;
}

/** Options of all calls that a component makes. */
export type CallHookOptions<A extends object = object, X extends object = object> = CallOptions<A, X>;

/** A function of the server, with the state of this component's calls of it; the state is reactive. */
export function useCall<A extends object, R, X extends object>(
  info: ServerFunction<A, R, X>,
  options?: CallHookOptions<A, X>,
): Call<A, R> {
  const mizan = useMizan();
  const state = shallowRef<CallState<R>>(IDLE);
  const calls = callsOf<A, R>(
    (args) => mizan.call(info, args, options),
    (news) => (state.value = news),
  );
  const call = Object.assign((...args: Args<A>) => calls.mutate(...args), calls);
  return Object.defineProperties(call, {
    isPending: { get: () => state.value.isPending },
    error: { get: () => state.value.error },
    data: { get: () => state.value.data },
  }) as unknown as Call<A, R>;
}
