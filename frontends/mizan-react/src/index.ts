/** React bindings: what generated code is made of. */

export type { Call, CallOptions as CallHookOptions } from "mizan-runtime";
export { useCall } from "./calls.js";
export { MizanContext, MizanHydration, useMizan, type MizanContextProps } from "./client.js";
export {
  bindContext,
  bindGlobal,
  composeProviders,
  providerOf,
  useSlot,
  useStatus,
  type BoundContext,
  type Provider,
  type Status,
} from "./contexts.js";
