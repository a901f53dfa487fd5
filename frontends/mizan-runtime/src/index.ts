/** The kernel of Mizan's clients. Generated code and the framework packages stand on it. */

export { configureMizan, getMizan } from "./default.js";
export type { CallOptions, Context, Encode, Expectations, Sending, ServerFunction } from "./descriptors.js";
export { Entry } from "./entry.js";
export { callsOf, IDLE, liveCall, type Args, type Call, type Calls, type CallState } from "./calls.js";
export { takeHydration } from "./hydration.js";
export { MizanError, type Code, type Details, type ErrorOf, type Failure } from "./errors.js";
export { Kernel, type Happening, type Outside, type Transport } from "./kernel.js";
export { HttpTransport, type HttpOptions } from "./http.js";
export type { Token } from "./sending.js";
export { Mizan, type Live, type MizanEvent, type MizanOptions } from "./mizan.js";
export { viewUrl } from "./views.js";
export { outcomeOf, type Outcome } from "./outcome.js";
export type { Mode, Slot, Update } from "./slot.js";
export type {
  Answer,
  Bundle,
  Codec,
  Dehydrated,
  Invalidation,
  Json,
  Merge,
  News,
  Params,
  Reply,
  Shown,
  Stale,
} from "./wire.js";
