/** What a merge makes of a slot's content. */

import type { Mode, Update } from "./slot.js";
import { canonical, isList, type Json } from "./wire.js";

/** What merging *value* makes of a slot that now has *content*; null where only the server can tell. */
export function planOf(mode: Mode, value: Json, content: Json | undefined): Update | null {
  if (mode.kind === "replace") return () => value;
  const { key, place } = mode;
  const own = keyOf(value, key);
  const position = (list: readonly Json[]): number => list.findIndex((item) => keyOf(item, key) === own);
  if (own === null) return null;
  if (content !== undefined && (!isList(content) || (place === "refetch" && position(content) < 0))) return null;
  return (list) => {
    if (!isList(list)) return list;
    const at = position(list);
    if (at >= 0) return list.map((item, index) => (index === at ? value : item));
    if (place === "refetch") return list;
    return place === "append" ? [...list, value] : [value, ...list];
  };
}

/** The text of an item's key; null when it has none. */
function keyOf(item: Json, name: string): string | null {
  const key = (item as { readonly [name: string]: Json } | null)?.[name] ?? null;
  return key === null ? null : canonical(key);
}
