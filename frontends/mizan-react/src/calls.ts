/** Calls of functions as hooks. */

import { outcomeOf, type CallOptions, type MizanError, type Outcome, type ServerFunction } from "mizan-runtime";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";

import { useMizan } from "./client.js";

/** Arguments, which may be left out where none is required. */
export type Args<A extends object> = Record<never, never> extends A ? [args?: A] : [args: A];

/** A function of the server, to be called as one, with the state of this component's calls of it. */
export interface Call<A extends object, R> {
  /** @throws MizanError */
  (...args: Args<A>): Promise<R>;
  /** @throws MizanError */
  mutate(...args: Args<A>): Promise<R>;
  /** As `mutate`, with the error as a value. */
  safe(...args: Args<A>): Promise<Outcome<R>>;
  readonly isPending: boolean;
  /** The error of the last call; null when it went well, or none has ended yet. */
  readonly error: MizanError | null;
  /** The result of the last call that went well. */
  readonly data: R | undefined;
  /** Forget error and result. */
  reset(): void;
}

/** Options of a call, for all that a component makes. */
export type CallHookOptions<A extends object = object, X extends object = object> = CallOptions<A, X>;

interface State<R> {
  readonly pending: number;
  readonly error: MizanError | null;
  readonly data: R | undefined;
}

/** A function of the server, with the state of this component's calls of it. */
export function useCall<A extends object, R, X extends object>(
  info: ServerFunction<A, R, X>,
  options?: CallHookOptions<A, X>,
): Call<A, R> {
  const mizan = useMizan();
  const [state, setState] = useState<State<R>>({ pending: 0, error: null, data: undefined });
  const current = useRef(options);
  useEffect(() => {
    current.current = options;
  });
  const last = useRef(0);

  const safe = useCallback(
    async (args?: A): Promise<Outcome<R>> => {
      const own = ++last.current;
      setState((before) => ({ ...before, pending: before.pending + 1, error: null }));
      let news = {};
      try {
        const outcome = await outcomeOf(mizan.call(info, args ?? ({} as A), current.current));
        news = outcome.ok ? { data: outcome.data } : { error: outcome.error };
        return outcome;
      } finally {
        // Of several calls the one that was made last counts.
        if (own !== last.current) news = {};
        setState((before) => ({ ...before, ...news, pending: before.pending - 1 }));
      }
    },
    [mizan, info],
  );
  const methods = useMemo(() => {
    const mutate = async (args?: A): Promise<R> => {
      const outcome = await safe(args);
      if (!outcome.ok) throw outcome.error;
      return outcome.data;
    };
    const reset = (): void => {
      last.current++;
      setState((before) => ({ ...before, error: null, data: undefined }));
    };
    return { mutate, safe, reset };
  }, [safe]);
  const { pending, error, data } = state;
  return useMemo(
    () => Object.assign((args?: A) => methods.mutate(args), methods, { isPending: pending > 0, error, data }),
    [methods, pending, error, data],
  ) as Call<A, R>;
}
