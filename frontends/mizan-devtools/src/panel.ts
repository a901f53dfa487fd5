/** The panel: entries with their slots, and the journal. It writes text alone, never markup of what it shows. */

import type { Entry, Mizan } from "mizan-runtime";

import { entryText, jsonText, Journal, type Line } from "./journal.js";

const STYLE = `
:host { all: initial; }
section { font: 12px/1.5 ui-monospace, monospace; color: #e6e6e6; background: #1c1f24; height: 100%; overflow: auto; display: flex; gap: 1px; }
div { flex: 1; padding: 8px; overflow: auto; min-width: 0; }
h2 { font: bold 12px system-ui; margin: 0 0 6px; color: #9aa4b2; }
ul { list-style: none; margin: 0 0 4px; padding: 0; }
li ul { padding-left: 14px; color: #9aa4b2; }
pre { margin: 0 0 4px; white-space: pre-wrap; max-height: 160px; overflow: auto; }
mark { background: none; color: #ffb454; margin-left: 6px; }
.fetching { color: #59c2ff; } .error { color: #ff6b6b; } .expected { color: #c2a6ff; }
`;

/** Show the panel of *mizan* in *place* until what this gives is called. */
export function showPanel(mizan: Mizan, place: Element): () => void {
  const { ownerDocument: page } = place;
  const host = page.createElement("div");
  host.style.height = "100%";
  const root = host.attachShadow({ mode: "open" });
  const element = (name: string, text = "", className = ""): HTMLElement => {
    const made = page.createElement(name);
    made.textContent = text;
    made.className = className;
    return made;
  };
  const [entries, journalled] = [element("div"), element("div")];
  const section = element("section");
  section.append(entries, journalled);
  root.append(element("style", STYLE), section);
  place.append(host);

  const opened = new Set<string>();
  let isScheduled = false;
  const draw = (): void => {
    isScheduled = false;
    entries.replaceChildren(element("h2", "Entries"), ...mizan.entries().map((entry) => entryItem(entry)));
    journalled.replaceChildren(element("h2", "What happened"), ...journal.lines.map((line) => lineItem(line)));
  };
  const entryItem = (entry: Entry): HTMLElement => {
    const item = element("ul");
    const head = element("li", entryText(entry));
    for (const [is, text, className] of marksOf(entry)) if (is) head.append(element("mark", text, className));
    const slots = element("ul");
    for (const name of entry.slotNames()) slots.append(slotItem(entry, name));
    item.append(head, slots);
    return item;
  };
  const slotItem = (entry: Entry, name: string): HTMLElement => {
    const slot = entry.slot(name);
    const item = element("li");
    const key = `${entryText(entry)} ${name}`;
    const button = element("span", name);
    button.style.cursor = "pointer";
    button.onclick = () => {
      if (!opened.delete(key)) opened.add(key);
      draw();
    };
    item.append(button);
    if (!slot.isPresent) item.append(element("mark", "absent"));
    else if (slot.isStale) item.append(element("mark", "stale"));
    if (slot.value !== slot.content) item.append(element("mark", "expected", "expected"));
    if (opened.has(key)) item.append(element("pre", jsonText(slot.value, 2)));
    return item;
  };
  const lineItem = (line: Line): HTMLElement => {
    const item = element("ul");
    const effects = element("ul");
    for (const effect of line.effects) effects.append(element("li", effect));
    item.append(
      element("li", `${(line.at / 1000).toFixed(2)} ${line.text}`, line.kind === "failure" ? "error" : ""),
      effects,
    );
    return item;
  };
  const journal = new Journal(mizan, () => {
    if (!isScheduled) setTimeout(draw, 50);
    isScheduled = true;
  });
  draw();
  return () => {
    journal.close();
    host.remove();
  };
}

function marksOf(entry: Entry): readonly (readonly [is: boolean, text: string, className: string])[] {
  return [
    [entry.isFetching, "reading", "fetching"],
    [entry.isStale, "stale", ""],
    [!entry.isMounted, "nobody looks", ""],
    [entry.error !== null, String(entry.error), "error"],
  ];
}
