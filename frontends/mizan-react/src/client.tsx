/** Which server the components below ask. */

import { Mizan, type ContextInfo, type Dehydrated, type MizanOptions } from "mizan-runtime";
import { createContext, useContext, useState, type ReactElement, type ReactNode } from "react";

const Client = createContext<Mizan | null>(null);

export interface MizanContextProps extends Partial<MizanOptions> {
  /** A client made elsewhere; then nothing else is looked at. */
  readonly client?: Mizan;
  /** What a server has rendered (`dehydrate()`). */
  readonly hydration?: Dehydrated;
  /** The contexts of the interface; generated code fills them in. */
  readonly contexts?: { readonly [name: string]: ContextInfo };
  readonly children?: ReactNode;
}

/** Gives the components below a client of the server at `baseUrl` (by default `/api/mizan`). */
export function MizanContext({ client, hydration, contexts, children, ...options }: MizanContextProps): ReactElement {
  const [mizan] = useState(() => {
    const made = client ?? new Mizan({ baseUrl: "/api/mizan", ...options });
    if (hydration !== undefined) made.hydrate(contexts ?? {}, hydration);
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
