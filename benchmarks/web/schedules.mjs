/** Bundles schedules/run.ts and runs it. */

import { build } from "esbuild";
import { join } from "node:path";

const outfile = join(import.meta.dirname, "build", `schedules-${process.argv[2]}.mjs`);
await build({
  entryPoints: [join(import.meta.dirname, "schedules", "run.ts")],
  outfile,
  bundle: true,
  format: "esm",
  platform: "node",
  external: ["react", "react/*"],
});
await import(outfile);
