/** The kernel of Mizan's clients. Generated code and the framework packages stand on it. */

export { Entry } from "./entry.js";
export { MizanError, type Details, type Failure } from "./errors.js";
export {
  Kernel,
  type CallOptions,
  type ContextInfo,
  type Dehydrated,
  type Expectations,
  type FunctionInfo,
  type News,
  type Outside,
  type Transport,
} from "./kernel.js";
export { HttpTransport, type HttpOptions } from "./http.js";
export { Mizan, type MizanOptions } from "./mizan.js";
export type { Mode, Slot, Update } from "./slot.js";
export type { Answer, Bundle, Invalidation, Json, Merge, Params, Stale } from "./wire.js";
