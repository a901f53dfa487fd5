/** What a client knows is not kept for ever. */

import { keyOf, MOST_ENTRIES, type Kernel } from "./kernel.js";

/**
 * Forget the oldest entries that nobody looks at, as far as there are too many.
 *
 * They hear nothing from now on; should somebody still have one and look, it begins anew.
 */
export function makeRoom(kernel: Kernel): void {
  const { heard, byKey } = kernel;
  for (const entry of heard) {
    if (heard.size < MOST_ENTRIES) return;
    if (entry.isMounted || entry.isBusy) continue;
    heard.delete(entry);
    if (kernel.known(entry) === entry) byKey.delete(keyOf(entry));
    entry.clear();
  }
}
