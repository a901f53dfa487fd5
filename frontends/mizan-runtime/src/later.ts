/** What calls need, and no page before somebody acts: a chunk of its own, which bundlers split off at this `import`. */

import { MizanError } from "./errors.js";

export type Calling = typeof import("./calling.js");

/** @throws MizanError `OFFLINE`: nothing was sent */
export function loadCalling(): Promise<Calling> {
  return import("./calling.js").catch(() => {
    throw new MizanError({ code: "OFFLINE", message: "There is no network." });
  });
}
