/** React bindings: what generated code is made of. */

export { useCall, type Call, type Outcome, type UseCallOptions } from "./calls.js";
export { MizanContext, useMizan, type MizanContextProps } from "./client.js";
export { bindContext, bindGlobal, useSlot, useStatus, type BoundContext, type Status } from "./contexts.js";
