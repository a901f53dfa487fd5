/** Contexts of an interface as React providers, and their slots as hooks. */

import type { Context as Descriptor, Entry } from "mizan-runtime";
import {
  createContext,
  useCallback,
  useContext,
  useSyncExternalStore,
  type Context,
  type FunctionComponent,
  type ReactElement,
  type ReactNode,
} from "react";

import { useMizan } from "./client.js";

/** Says which parameters the components below mean. */
export type Provider<P extends object> = FunctionComponent<P & { readonly children?: ReactNode }>;

/** A context of the interface, made by generated code with `bindContext`. */
export interface BoundContext<P extends object = object, S extends object = object> {
  readonly info: Descriptor<P, S>;
  readonly Provider: Provider<P>;
  readonly nearest: Context<P | null>;
}

/** A context whose parameters are not known here. */
interface AnyContext {
  readonly info: { readonly slots: { readonly [slot: string]: readonly string[] } };
  readonly Provider: FunctionComponent<never>;
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
    return <nearest.Provider value={own}>{children}</nearest.Provider>;
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

/** One provider for several contexts (`@compose`): each is told the parameters that its functions declare. */
export function composeProviders<P extends object>(...contexts: readonly AnyContext[]): Provider<P> {
  const named = contexts.map(({ info, Provider }) => ({
    Provider: Provider as FunctionComponent<{ readonly children: ReactNode }>,
    names: Object.values(info.slots).flat(),
  }));
  return ({ children, ...params }) =>
    named.reduceRight((inner, { Provider, names }) => {
      const own = Object.entries(params).filter(([name]) => names.includes(name));
      return <Provider {...Object.fromEntries(own)}>{inner}</Provider>;
    }, children) as ReactElement;
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
    useSubscription(entry),
    () => entry.slot(name).value,
    () => entry.rendered(name) ?? slot.value,
  );
  if (value === undefined && !slot.isPresent) {
    if (entry.error !== null) throw entry.error;
    // React's protocol for "not yet": the promise of what is missing.
    throw entry.load();
  }
  return value as S[K];
}

/** How the reading of a context goes; it never suspends. */
export function useStatus<P extends object, S extends object>(bound: BoundContext<P, S>, params?: P): Status {
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

function useEntry<P extends object, S extends object>(bound: BoundContext<P, S>, params: P | undefined): Entry {
  const mizan = useMizan();
  const nearest = useContext(bound.nearest);
  const meant = params ?? nearest;
  if (meant === null) {
    throw new Error(`There is no provider of "${bound.info.name}" around this component, and no parameters.`);
  }
  return mizan.entry(bound.info, meant);
}

function useSubscription(entry: Entry): (listener: () => void) => () => void {
  return useCallback((listener: () => void) => entry.subscribe(listener), [entry]);
}

/** Whether the page itself is not all there yet. */
function isArriving(): boolean {
  return typeof document !== "undefined" && document.readyState === "loading";
}
