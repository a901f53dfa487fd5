/** A window for React to render into; imported before React looks for one. */

import { Window } from "happy-dom";

const window = new Window({ url: "http://localhost/" });
const names = [
  "document",
  "navigator",
  "HTMLElement",
  "HTMLIFrameElement",
  "Element",
  "Node",
  "Event",
  "MutationObserver",
] as const;
for (const name of names) Object.defineProperty(globalThis, name, { value: window[name], configurable: true });
Object.defineProperty(globalThis, "window", { value: window, configurable: true });
Object.defineProperty(globalThis, "IS_REACT_ACT_ENVIRONMENT", { value: true, writable: true });

/** Let what the window keeps running end, or the test never would. */
export async function closeWindow(): Promise<void> {
  await window.happyDOM.close();
}
