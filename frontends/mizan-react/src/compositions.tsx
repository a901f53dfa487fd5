/** Several contexts as one React provider (`@compose`). */

import type { FunctionComponent, ReactElement, ReactNode } from "react";

import type { Provider } from "./contexts.js";

/** A context whose parameters are not known here. */
interface AnyContext {
  readonly info: { readonly slots: { readonly [slot: string]: readonly string[] } };
  readonly Provider: FunctionComponent<never>;
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
