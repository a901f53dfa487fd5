/** What has come with a route. */

import type { Dehydrated } from "mizan-runtime";
import { useMemo, type ReactElement, type ReactNode } from "react";

import { useMizan } from "./client.js";

/**
 * Gives the client around it what a server has read for the components below: for a route that comes after the page.
 *
 * Of what the client knows already nothing changes, and what has become stale meanwhile is read again.
 */
export function MizanHydration({
  state,
  children,
}: {
  readonly state: Dehydrated;
  readonly children?: ReactNode;
}): ReactElement {
  const mizan = useMizan();
  // Before the components below ask for it; a second time nothing would happen.
  useMemo(() => mizan.hydrate(state), [mizan, state]);
  return <>{children}</>;
}
