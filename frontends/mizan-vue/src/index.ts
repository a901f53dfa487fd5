/** Vue bindings: what generated code is made of. */

export { useCall, type Call, type CallHookOptions } from "./calls.js";
export { createMizanPlugin, useMizan, type MizanPluginOptions } from "./client.js";
export { useSlot, useStatus, type MaybeGetter, type SlotRef, type StatusRef } from "./slots.js";
