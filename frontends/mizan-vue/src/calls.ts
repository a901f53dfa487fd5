/** Calls of functions. */

import {
  callsOf,
  IDLE,
  liveCall,
  type Call,
  type CallOptions,
  type CallState,
  type ServerFunction,
} from "mizan-runtime";
import { shallowRef } from "vue";

import { useMizan } from "./client.js";

/** A function of the server, with the state of this component's calls of it; the state is reactive. */
export function useCall<A extends object, R, X extends object, E extends object = Record<never, never>>(
  info: ServerFunction<A, R, X, E>,
  options?: CallOptions<A, X>,
): Call<A, R, E> {
  const mizan = useMizan();
  const state = shallowRef<CallState<R>>(IDLE);
  const calls = callsOf<A, R>(
    (args) => mizan.call(info, args, options),
    (news) => (state.value = news),
  );
  return liveCall(calls, () => state.value);
}
