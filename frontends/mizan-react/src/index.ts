/** React bindings: what generated code is made of. */

export type { Call, CallOptions as CallHookOptions } from "mizan-runtime";
export { useCall } from "./calls.js";
export { MizanContext, useMizan, type MizanContextProps } from "./client.js";
export { composeProviders } from "./compositions.js";
export {
  bindContext,
  bindGlobal,
  providerOf,
  useSlot,
  useStatus,
  type BoundContext,
  type Provider,
  type Status,
} from "./contexts.js";
export { MizanHydration } from "./hydration.js";
