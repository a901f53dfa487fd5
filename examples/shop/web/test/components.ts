/** Components of a page's developer, on a page that is there already. */

import { build } from "esbuild";
import { join } from "node:path";

const FOLDER = join(import.meta.dirname, "../../test/components");

/** A script that puts so many of them, which look at one entry, below what the page shows. */
export async function componentsOf(count: number): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(FOLDER, "many.tsx")],
    bundle: true,
    write: false,
    format: "iife",
    jsx: "automatic",
    define: { "process.env.NODE_ENV": '"production"', COUNT: String(count) },
  });
  return outputFiles.map(({ text }) => text).join("");
}
