/** What a page loads of each package, minified and compressed, must not grow beyond what is said here. */

import { build } from "esbuild";
import { gzipSync } from "node:zlib";

/** What is imported, and the most bytes it may take, gzip at its best, without the framework. */
const LIMITS = [
  ["a page in plain TypeScript", 'export { configureMizan, getMizan, MizanError } from "mizan-runtime"', 7900],
  [
    "a page in React",
    'export { MizanContext, bindContext, bindGlobal, useCall, useSlot, useStatus } from "mizan-react"',
    8800,
  ],
  ["a page in Vue", 'export { createMizanPlugin, useCall, useSlot, useStatus } from "mizan-vue"', 8800],
  ["a page in Svelte", 'export { setMizan, useCall, useSlot, useStatus } from "mizan-svelte"', 8700],
];
const FRAMEWORKS = ["react", "react/*", "vue", "svelte", "svelte/*"];

let isTooLarge = false;
for (const [what, contents, limit] of LIMITS) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: import.meta.dirname },
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: "es2022",
    external: FRAMEWORKS,
  });
  const { length } = gzipSync(outputFiles[0].contents, { level: 9 });
  console.log(`${what}: ${length} bytes of ${limit}`);
  isTooLarge ||= length > limit;
}
if (isTooLarge) {
  console.error("That is more than it may be: make it smaller, or say in sizes.mjs why not.");
  process.exit(1);
}
