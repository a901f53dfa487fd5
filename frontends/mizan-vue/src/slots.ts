/** Contexts of an interface as refs. */

import type { Context, Entry } from "mizan-runtime";
import { computed, onServerPrefetch, shallowRef, toValue, watch, type ComputedRef, type MaybeRefOrGetter } from "vue";

import { useMizan } from "./client.js";

/** Parameters: as they are, or as a ref or a function of what changes. */
export type MaybeGetter<P> = MaybeRefOrGetter<P>;

/** The result of one function of a context; undefined while there is none. */
export interface SlotRef<T> extends ComputedRef<T | undefined> {
  /** Why the last read failed; null once one has succeeded. */
  readonly error: unknown;
  readonly isFetching: boolean;
  /** Resolves when there is something to show, or an error; to be awaited in `async setup` under `<Suspense>`. */
  readonly ready: Promise<void>;
}

/** What is known of the reading of a context. */
export interface StatusRef {
  readonly isFetching: boolean;
  readonly isStale: boolean;
  readonly error: unknown;
  refetch(): void;
}

/** The result of one function of a context, shared by all that ask for it and kept fresh while the component is there. */
export function useSlot<P extends object, S extends object, K extends keyof S & string>(
  context: Context<P, S>,
  name: K,
  params?: MaybeGetter<P>,
): SlotRef<S[K]> {
  const current = useEntry(context, params);
  const value = computed(() => current().slot(name).value);
  return Object.defineProperties(value, {
    error: { get: () => current().error },
    isFetching: { get: () => current().isFetching },
    ready: { get: () => current().load() },
  }) as unknown as SlotRef<S[K]>;
}

/** How the reading of a context goes. */
export function useStatus<P extends object, S extends object>(
  context: Context<P, S>,
  params?: MaybeGetter<P>,
): StatusRef {
  const current = useEntry(context, params);
  return {
    get isFetching() {
      return current().isFetching;
    },
    get isStale() {
      return current().isStale;
    },
    get error() {
      return current().error;
    },
    refetch: () => current().refetch(),
  };
}

/** The entry that is meant now; who asks is told when it, or what is known of it, changes. */
function useEntry<P extends object, S extends object>(
  context: Context<P, S>,
  params: MaybeGetter<P> | undefined,
): () => Entry {
  const mizan = useMizan();
  const entry = computed(() => mizan.entry(context, params === undefined ? {} : toValue(params)));
  const version = shallowRef(0);
  if (typeof window !== "undefined") {
    watch(
      entry,
      (meant, _, leave) => {
        leave(meant.subscribe(() => version.value++));
      },
      { immediate: true, flush: "sync" },
    );
  } else {
    onServerPrefetch(() => entry.value.load());
  }
  return () => {
    void version.value;
    return entry.value;
  };
}
