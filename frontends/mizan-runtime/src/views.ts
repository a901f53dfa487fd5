/** Where the server's views are. */

import { canonical, type Json } from "./wire.js";

/**
 * *path* (`/p/<int:id>/`) with *args*: those that it names in their places, the others in its query.
 *
 * @throws Error where one that it names is missing
 */
export function viewUrl(path: string, args: { readonly [name: string]: Json | undefined } = {}): string {
  const rest = new URLSearchParams();
  const named = new Set<string>();
  const url = path.replace(/<(?:(\w+):)?(\w+)>/g, (_, converter: string | undefined, name: string) => {
    const value = args[name];
    if (value === undefined || value === null) throw new Error(`${path} needs ${name}.`);
    named.add(name);
    const text = String(value);
    // A path is the one converter whose values have slashes.
    return converter === "path" ? text.split("/").map(encodeURIComponent).join("/") : encodeURIComponent(text);
  });
  for (const [name, value] of Object.entries(args)) {
    if (named.has(name)) continue;
    for (const item of Array.isArray(value) ? (value as readonly Json[]) : [value]) {
      if (item !== undefined && item !== null) rest.append(name, typeof item === "string" ? item : canonical(item));
    }
  }
  return rest.size === 0 ? url : `${url}?${rest}`;
}
