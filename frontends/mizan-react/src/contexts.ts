/** Contexts of an interface as React providers, and their slots as hooks. */

import type { Context as Descriptor, Entry } from "mizan-runtime";
import {
  createContext,
  useContext,
  useSyncExternalStore,
  type Context,
  type FunctionComponent,
  type ReactNode,
} from "react";

import { provide, useMizan } from "./client.js";

/** Says which parameters the components below mean. */
export type Provider<P extends object> = FunctionComponent<P & { readonly children?: ReactNode }>;

/** A context of the interface, made by generated code with `bindContext`. */
export interface BoundContext<P extends object = object, S extends object = object> {
  readonly info: Descriptor<P, S>;
  readonly Provider: Provider<P>;
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
export function bindContext<P extends object, S extends object>(info: Descriptor<P, S>): BoundContext<P, S> {
  const nearest = createContext<P | null>(null);
  const Provider: Provider<P> = ({ children, ...params }) => {
    const own = params as unknown as P;
    // What is below will want it: read with what else is wanted in this tick. While a server still sends the page it may
    // come with it.
    const entry = useMizan().entry(info, own);
    if (entry.isEmpty && !isArriving()) void entry.load();
    return provide(nearest, own, children);
  };
  Provider.displayName = info.name;
  return { info, Provider, nearest };
}

/** A context without parameters: it needs no provider. */
export function bindGlobal<P extends object, S extends object>(info: Descriptor<P, S>): BoundContext<P, S> {
  return { ...bindContext(info), nearest: createContext<P | null>({} as P) };
}

/** The provider of *bound*: a function, since bundlers leave out a call that nobody needs, and keep the reading of a property. */
export function providerOf<P extends object, S extends object>(bound: BoundContext<P, S>): Provider<P> {
  return bound.Provider;
}

/**
 * The result of one function of a context, shared by all that ask for it and kept fresh.
 *
 * Without *params* those of the nearest provider are meant. While there is nothing to show the component suspends; when
 * there is nothing and the read has failed, the error is thrown to the nearest error boundary, and `useMizan().retry()`
 * tries again.
 */
export function useSlot<P extends object, S extends object, K extends keyof S & string>(
  bound: BoundContext<P, S>,
  name: K,
  params?: P,
): S[K] {
  const entry = useEntry(bound, params);
  const slot = entry.slot(name);
  const value = useSyncExternalStore(
    entry.subscribe,
    () => entry.slot(name).value,
    () => (name in entry.rendered ? entry.rendered[name] : slot.value),
  );
  if (value === undefined && !slot.isPresent) {
    if (entry.error) throw entry.error;
    // React's protocol for "not yet": the promise of what is missing.
    throw entry.load();
  }
  return value as S[K];
}

/** How the reading of a context goes; it never suspends. */
export function useStatus<P extends object, S extends object>(bound: BoundContext<P, S>, params?: P): Status {
  const entry = useEntry(bound, params);
  const version = () => entry.version;
  useSyncExternalStore(entry.subscribe, version, version);
  return { isFetching: entry.isFetching, isStale: entry.isStale, error: entry.error, refetch: entry.refetch };
}

function useEntry<P extends object, S extends object>(bound: BoundContext<P, S>, params: P | undefined): Entry {
  const mizan = useMizan();
  const nearest = useContext(bound.nearest);
  const meant = params ?? nearest;
  if (!meant) {
    throw new Error(
      process.env.NODE_ENV === "production"
        ? `No ${bound.info.name}`
        : `There is no provider of "${bound.info.name}" around this component, and no parameters.`,
    );
  }
  return mizan.entry(bound.info, meant);
}

/** Whether the page itself is not all there yet. */
function isArriving(): boolean {
  return globalThis.document?.readyState === "loading";
}
