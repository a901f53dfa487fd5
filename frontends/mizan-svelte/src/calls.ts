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
import { createSubscriber } from "svelte/reactivity";

import { useMizan } from "./client.js";

/** A function of the server, with the state of this component's calls of it; the state is reactive. */
export function useCall<A extends object, R, X extends object, E extends object = Record<never, never>>(
  info: ServerFunction<A, R, X, E>,
  options?: CallOptions<A, X>,
): Call<A, R, E> {
  const mizan = useMizan();
  let state: CallState<R> = IDLE;
  let tell: () => void = () => undefined;
  const subscribe = createSubscriber((update) => {
    tell = update;
  });
  const heard = (): CallState<R> => {
    subscribe();
    return state;
  };
  const calls = callsOf<A, R>(
    (args) => mizan.call(info, args, options),
    (news) => {
      state = news;
      tell();
    },
  );
  return liveCall(calls, heard);
}
