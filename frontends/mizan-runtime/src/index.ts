/** The kernel of Mizan's clients. Generated code and the framework packages stand on it. */

export { Entry } from "./entry.js";
export { MizanError, type Details, type Failure } from "./errors.js";
export {
  Kernel,
  type CallOptions,
  type ContextInfo,
  type Expectations,
  type FunctionInfo,
  type News,
  type Transport,
} from "./kernel.js";
export type { Mode, Slot, Update } from "./slot.js";
export type { Answer, Bundle, Invalidation, Json, Merge, Params } from "./wire.js";
