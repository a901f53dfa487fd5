/** The calls that one component makes of a function, and what has come of them: what the frameworks' hooks are made of. */

import { MizanError, type ErrorOf } from "./errors.js";
import { outcomeOf, type Outcome } from "./outcome.js";

/** Arguments, which may be left out where none is required. */
export type Args<A extends object> = Record<never, never> extends A ? [args?: A] : [args: A];

export interface CallState<R, E = MizanError> {
  readonly isPending: boolean;
  /** The error of the last call; null when it went well, or none has ended yet. */
  readonly error: E | null;
  /** The result of the last call that went well. */
  readonly data: R | undefined;
}

export interface Calls<A extends object, R, E = MizanError> {
  /** @throws MizanError */
  mutate(...args: Args<A>): Promise<R>;
  /** As `mutate`, with the error as a value. */
  safe(...args: Args<A>): Promise<Outcome<R, E>>;
  /** Forget error and result. */
  reset(): void;
}

/**
 * A function of the server, to be called as one (as `mutate`), with the state of this component's calls of it. *E* are the
 * errors that it declares, data by code.
 */
export interface Call<A extends object, R, E extends object = Record<never, never>>
  extends Calls<A, R, ErrorOf<E>>, CallState<R, ErrorOf<E>> {
  /** @throws MizanError */
  (...args: Args<A>): Promise<R>;
}

export const IDLE: CallState<never> = { isPending: false, error: null, data: undefined };

/** Calls by *call*, which tell by *changed* what has come of them; of several the one that was made last counts. */
export function callsOf<A extends object, R>(
  call: (args: A) => Promise<R>,
  changed: (state: CallState<R>) => void,
): Calls<A, R> {
  let state: CallState<R> = IDLE;
  let pending = 0;
  let last = 0;
  const change = (news: Partial<CallState<R>>): void => {
    state = { ...state, ...news, isPending: pending > 0 };
    changed(state);
  };
  const mutate = (args: A = {} as A): Promise<R> => {
    const own = ++last;
    const end = (news: Partial<CallState<R>>): void => {
      pending--;
      change(own === last ? news : {});
    };
    pending++;
    change({ error: null });
    const result = call(args);
    result.then(
      (data) => end({ data }),
      // Other errors are mistakes of the program.
      (error: unknown) => end(error instanceof MizanError ? { error } : {}),
    );
    return result;
  };
  return {
    mutate,
    safe: (args?: A) => outcomeOf(mutate(args)),
    reset() {
      last++;
      change(IDLE);
    },
  } as Calls<A, R>;
}

/** *calls* as a function whose state is what *state* gives whenever it is looked at. */
export function liveCall<A extends object, R, E extends object>(
  calls: Calls<A, R>,
  state: () => CallState<R>,
): Call<A, R, E> {
  const call = Object.assign((...args: Args<A>) => calls.mutate(...args), calls);
  return Object.defineProperties(call, {
    isPending: { get: () => state().isPending },
    error: { get: () => state().error },
    data: { get: () => state().data },
  }) as unknown as Call<A, R, E>;
}
