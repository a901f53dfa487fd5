/** Contexts of an interface as reactive state (Svelte 5). */

import type { Context, Entry } from "mizan-runtime";
import { createSubscriber } from "svelte/reactivity";

import { useMizan } from "./client.js";

/** Parameters, or a function of what changes. */
export type MaybeGetter<P extends object> = P | (() => P);

/** The result of one function of a context. */
export interface SlotState<T> {
  /** Undefined while there is none. */
  readonly current: T | undefined;
  /** Whether there is neither a result nor an error yet. */
  readonly loading: boolean;
  /** Why the last read failed; null once one has succeeded. */
  readonly error: unknown;
  /** Resolves when there is something to show, or an error; to be awaited where a server renders. */
  readonly ready: Promise<void>;
}

/** What is known of the reading of a context. */
export interface StatusState {
  readonly isFetching: boolean;
  readonly isStale: boolean;
  readonly error: unknown;
  refetch(): void;
}

/** The result of one function of a context, shared by all that ask for it and kept fresh while an effect or a template shows it. */
export function useSlot<P extends object, S extends object, K extends keyof S & string>(
  context: Context<P, S>,
  name: K,
  params?: MaybeGetter<P>,
): SlotState<S[K]> {
  const meant = useEntry(context, params);
  return {
    get current() {
      return heard(meant()).slot(name).value as S[K] | undefined;
    },
    get loading() {
      return heard(meant()).isEmpty;
    },
    get error() {
      return heard(meant()).error;
    },
    get ready() {
      return meant().load();
    },
  };
}

/** How the reading of a context goes. */
export function useStatus<P extends object, S extends object>(
  context: Context<P, S>,
  params?: MaybeGetter<P>,
): StatusState {
  const meant = useEntry(context, params);
  return {
    get isFetching() {
      return heard(meant()).isFetching;
    },
    get isStale() {
      return heard(meant()).isStale;
    },
    get error() {
      return heard(meant()).error;
    },
    refetch: () => meant().refetch(),
  };
}

const subscribers = new WeakMap<Entry, () => void>();

/** *entry*, whose changes the effect that asks is told, as long as it is there. */
function heard(entry: Entry): Entry {
  let subscribe = subscribers.get(entry);
  if (subscribe === undefined) {
    subscribe = createSubscriber((update) => entry.subscribe(update));
    subscribers.set(entry, subscribe);
  }
  subscribe();
  return entry;
}

function useEntry<P extends object, S extends object>(
  context: Context<P, S>,
  params: MaybeGetter<P> | undefined,
): () => Entry {
  const mizan = useMizan();
  return () => mizan.entry(context, typeof params === "function" ? params() : (params ?? {}));
}
