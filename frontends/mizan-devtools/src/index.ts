/**
 * A panel for developers: what a client knows, what it reads, and why. Import it where the build is not for production:
 *
 *     if (import.meta.env.DEV) import("mizan-devtools").then(({ embedDevtools }) => embedDevtools());
 */

import { getMizan, type Mizan } from "mizan-runtime";

import { showPanel } from "./panel.js";

export { Journal, type Line } from "./journal.js";
export { showPanel };

/** Show the panel at the bottom of the page, of the page's client where none is named; until what this gives is called. */
export function embedDevtools(mizan: Mizan = getMizan()): () => void {
  const frame = document.createElement("div");
  Object.assign(frame.style, { position: "fixed", inset: "auto 0 0 0", height: "40vh", zIndex: "2147483647" });
  document.body.append(frame);
  const hide = showPanel(mizan, frame);
  return () => {
    hide();
    frame.remove();
  };
}

/** Show the panel in a window of its own. @throws Error where the browser refuses to open one */
export function openDevtools(mizan: Mizan = getMizan()): () => void {
  const opened = window.open("", "mizan-devtools", "width=900,height=600");
  if (opened === null) throw new Error("The browser has not let a window open; call this from a click.");
  opened.document.title = "Mizan";
  opened.document.body.style.margin = "0";
  opened.document.body.replaceChildren();
  const hide = showPanel(mizan, opened.document.body);
  opened.addEventListener("pagehide", hide);
  return () => {
    hide();
    opened.close();
  };
}
