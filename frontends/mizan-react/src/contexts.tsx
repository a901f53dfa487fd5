/** Contexts of an interface as React providers, and their slots as hooks. */

import type { ContextInfo, Entry, Params } from "mizan-runtime";
import {
  createContext,
  useCallback,
  useContext,
  useSyncExternalStore,
  type Context,
  type FunctionComponent,
  type ReactNode,
} from "react";

import { useMizan } from "./client.js";

/** A context of the interface, made by generated code with `bindContext`. */
export interface BoundContext<P extends Params> {
  readonly info: ContextInfo;
  readonly Provider: FunctionComponent<P & { readonly children?: ReactNode }>;
  readonly nearest: Context<P | null>;
}

/** What is known of the reading of a context. */
export interface Status {
  readonly isFetching: boolean;
  readonly isStale: boolean;
  /** Why the last read failed; null once one has succeeded. */
  readonly error: unknown;
  refetch(): void;
}

/** A context and the provider that says which parameters the components below mean. */
export function bindContext<P extends Params>(info: ContextInfo): BoundContext<P> {
  const nearest = createContext<P | null>(null);
  const Provider: BoundContext<P>["Provider"] = ({ children, ...params }) => (
    <nearest.Provider value={params as unknown as P}>{children as ReactNode}</nearest.Provider>
  );
  Provider.displayName = info.name;
  return { info, Provider, nearest };
}

/** A context without parameters: it needs no provider. */
export function bindGlobal(info: ContextInfo): BoundContext<Params> {
  return { ...bindContext<Params>(info), nearest: createContext<Params | null>({}) };
}

/**
 * The result of one function of a context, shared by all that ask for it and kept fresh.
 *
 * Without *params* those of the nearest provider are meant. While there is nothing to show the component suspends; when
 * there is nothing and the read has failed, the error is thrown to the nearest error boundary, and `useMizan().retry()`
 * tries again.
 */
export function useSlot<T, P extends Params>(bound: BoundContext<P>, name: string, params?: P): T {
  const entry = useEntry(bound, params);
  const slot = entry.slot(name);
  const value = useSyncExternalStore(
    useSubscription(entry),
    () => slot.value,
    () => entry.rendered(name) ?? slot.value,
  );
  if (value === undefined && !slot.isPresent) {
    if (entry.error !== null) throw entry.error;
    // React's protocol for "not yet": the promise of what is missing.
    throw entry.load();
  }
  return value as T;
}

/** How the reading of a context goes; it never suspends. */
export function useStatus<P extends Params>(bound: BoundContext<P>, params?: P): Status {
  const entry = useEntry(bound, params);
  const version = () => entry.version;
  useSyncExternalStore(useSubscription(entry), version, version);
  return {
    isFetching: entry.isFetching,
    isStale: entry.isStale,
    error: entry.error,
    refetch: useCallback(() => entry.refetch(), [entry]),
  };
}

function useEntry<P extends Params>(bound: BoundContext<P>, params: P | undefined): Entry {
  const mizan = useMizan();
  const nearest = useContext(bound.nearest);
  const meant = params ?? nearest;
  if (meant === null) {
    throw new Error(
      `There is no provider of the context "${bound.info.name}" around this component; add one, or pass its parameters.`,
    );
  }
  return mizan.entry(bound.info, meant);
}

function useSubscription(entry: Entry): (listener: () => void) => () => void {
  return useCallback((listener: () => void) => entry.subscribe(listener), [entry]);
}
