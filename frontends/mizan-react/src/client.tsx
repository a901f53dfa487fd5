/** Which server the components below ask. */

import { configureMizan, Mizan, takeHydration, type Dehydrated, type MizanOptions } from "mizan-runtime";
import { createContext, useContext, useState, type ReactElement, type ReactNode } from "react";

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
  const [mizan] = useState(() => {
    // On a page it is that of `callXxx` and `fetchXxx`, too; a server has one for each request.
    const made = client ?? (typeof window === "undefined" ? new Mizan(options) : configureMizan(options));
    if (hydration !== undefined) made.hydrate(hydration);
    else if (client === undefined) takeHydration(made);
    return made;
  });
  return <Client.Provider value={mizan}>{children}</Client.Provider>;
}

/** The client that the components around this one ask. */
export function useMizan(): Mizan {
  const mizan = useContext(Client);
  if (mizan === null) throw new Error("There is no <MizanContext> around this component.");
  return mizan;
}
