/** Calls of functions as hooks. */

import {
  callsOf,
  IDLE,
  type Args,
  type Call,
  type CallOptions,
  type CallState,
  type ServerFunction,
} from "mizan-runtime";
import { useEffect, useMemo, useState } from "react";

import { useMizan } from "./client.js";

/** A function of the server, with the state of this component's calls of it. */
export function useCall<A extends object, R, X extends object, E extends object = Record<never, never>>(
  info: ServerFunction<A, R, X, E>,
  options?: CallOptions<A, X>,
): Call<A, R, E> {
  const mizan = useMizan();
  const [state, setState] = useState<CallState<R>>(IDLE);
  const [current] = useState({ options });
  useEffect(() => {
    current.options = options;
  });
  const calls = useMemo(
    () => callsOf<A, R>((args) => mizan.call(info, args, current.options), setState),
    [mizan, info],
  );
  return useMemo(
    () => Object.assign((...args: Args<A>) => calls.mutate(...args), calls, state) as Call<A, R, E>,
    [calls, state],
  );
}
