/** Vue bindings: what generated code is made of. */

export type { Call, CallOptions as CallHookOptions } from "mizan-runtime";
export { useCall } from "./calls.js";
export { createMizanPlugin, useMizan, type MizanPluginOptions } from "./client.js";
export { useSlot, useStatus, type MaybeGetter, type SlotRef, type StatusRef } from "./slots.js";
