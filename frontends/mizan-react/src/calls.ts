/** Calls of functions as hooks. */

import { MizanError, type Expectations, type FunctionInfo, type Params } from "mizan-runtime";
import { useCallback, useEffect, useRef, useState } from "react";

import { useMizan } from "./client.js";

/** What a call has come to. */
export type Outcome<R> = { readonly ok: true; readonly data: R } | { readonly ok: false; readonly error: MizanError };

export interface Call<A, R> {
  /** @throws MizanError */
  mutate(args: A): Promise<R>;
  /** As `mutate`, with the error as a value. */
  safe(args: A): Promise<Outcome<R>>;
  readonly isPending: boolean;
  /** The error of the last call; null when it went well, or none has ended yet. */
  readonly error: MizanError | null;
  /** The result of the last call that went well. */
  readonly data: R | undefined;
  /** Forget error and result. */
  reset(): void;
}

export interface UseCallOptions<A> {
  /** What the user sees before the server answers. */
  readonly optimistic?: (args: A) => Expectations;
}

interface State<R> {
  readonly pending: number;
  readonly error: MizanError | null;
  readonly data: R | undefined;
}

/** A function of the server, with the state of this component's calls of it. */
export function useCall<A extends Params, R>(info: FunctionInfo, options: UseCallOptions<A> = {}): Call<A, R> {
  const mizan = useMizan();
  const [state, setState] = useState<State<R>>({ pending: 0, error: null, data: undefined });
  const { optimistic } = options;
  const expect = useRef(optimistic);
  useEffect(() => {
    expect.current = optimistic;
  });
  const last = useRef(0);

  const safe = useCallback(
    async (args: A): Promise<Outcome<R>> => {
      const own = ++last.current;
      setState((before) => ({ ...before, pending: before.pending + 1, error: null }));
      const outcome = await outcomeOf<R>(
        mizan.call(info, args, expect.current === undefined ? {} : { optimistic: expect.current(args) }) as Promise<R>,
      );
      // Of several calls the one that was made last counts.
      const news = own !== last.current ? {} : outcome.ok ? { data: outcome.data } : { error: outcome.error };
      setState((before) => ({ ...before, ...news, pending: before.pending - 1 }));
      return outcome;
    },
    [mizan, info],
  );
  const mutate = useCallback(
    async (args: A): Promise<R> => {
      const outcome = await safe(args);
      if (!outcome.ok) throw outcome.error;
      return outcome.data;
    },
    [safe],
  );
  const reset = useCallback(() => {
    last.current++;
    setState((before) => ({ ...before, error: null, data: undefined }));
  }, []);
  return { mutate, safe, reset, isPending: state.pending > 0, error: state.error, data: state.data };
}

async function outcomeOf<R>(result: Promise<R>): Promise<Outcome<R>> {
  try {
    return { ok: true, data: await result };
  } catch (error) {
    if (error instanceof MizanError) return { ok: false, error };
    throw error;
  }
}
