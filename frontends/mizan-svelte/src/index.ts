/** Svelte bindings: what generated code is made of. */

export { useCall, type Call, type CallHookOptions } from "./calls.js";
export { setMizan, useMizan, type SetMizanOptions } from "./client.js";
export { useSlot, useStatus, type MaybeGetter, type SlotState, type StatusState } from "./slots.js";
