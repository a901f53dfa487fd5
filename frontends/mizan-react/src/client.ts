/** Which server the components below ask. */

import { configureMizan, Mizan, takeHydration, type Dehydrated, type MizanOptions } from "mizan-runtime";
import {
  createContext,
  createElement,
  useContext,
  useMemo,
  type Context,
  type ReactElement,
  type ReactNode,
} from "react";

const Client = createContext<Mizan | null>(null);

export interface MizanContextProps extends MizanOptions {
  /** A client made elsewhere; then no option is looked at. */
  readonly client?: Mizan;
  /** What a server has rendered (`getMizanHydration`); without, what the page's own scripts say. */
  readonly hydration?: Dehydrated;
  readonly children?: ReactNode;
}

/** Gives the components below a client of the server at `baseUrl` (by default `/api/mizan`). */
export function MizanContext({ client, hydration, children, ...options }: MizanContextProps): ReactElement {
  const mizan = useMemo(() => {
    // On a page it is that of `callXxx` and `fetchXxx`, too; a server has one for each request, and what it cannot read at
    // once, as where `baseUrl` is relative, is left to the browser.
    const made =
      client ?? (typeof window === "undefined" ? new Mizan({ retries: 0, ...options }) : configureMizan(options));
    if (hydration) made.hydrate(hydration);
    else if (!client) takeHydration(made);
    return made;
  }, [client]);
  return provide(Client, mizan, children);
}

/** *children*, which find *value* in *context*. */
export function provide<T>(context: Context<T>, value: T, children: ReactNode): ReactElement {
  return createElement(context.Provider, { value }, children);
}

/** The client that the components around this one ask. */
export function useMizan(): Mizan {
  const mizan = useContext(Client);
  if (!mizan) {
    throw new Error(
      process.env.NODE_ENV === "production" ? "No client" : "There is no <MizanContext> around this component.",
    );
  }
  return mizan;
}
