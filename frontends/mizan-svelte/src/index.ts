/** Svelte bindings: what generated code is made of. */

export type { Call, CallOptions as CallHookOptions } from "mizan-runtime";
export { useCall } from "./calls.js";
export { setMizan, useMizan, type SetMizanOptions } from "./client.js";
export { useSlot, useStatus, type MaybeGetter, type SlotState, type StatusState } from "./slots.js";
