/** What a page loads of each package, minified and compressed, must not grow beyond what is said here. */

import { build } from "esbuild";
import { gzipSync } from "node:zlib";

const REACT = 'export { MizanContext, bindContext, bindGlobal, useCall, useSlot, useStatus } from "mizan-react";';

/** As generated for an interface of many contexts, of which a page shows one. */
const MANY = [
  'import { bindContext, providerOf, useSlot } from "mizan-react";',
  ...Array.from({ length: 200 }, (_, number) => [
    `const context${number} = { name: "a_context_of_number_${number}", slots: { something: ["an_id", "another"] } };`,
    `const bound${number} = /* @__PURE__ */ bindContext(context${number});`,
    `const Provider${number} = /* @__PURE__ */ providerOf(bound${number});`,
    `function useSomething${number}(params) { return useSlot(bound${number}, "something", params); }`,
  ]).flat(),
  'export { MizanContext } from "mizan-react";',
  "export { Provider7, useSomething7 };",
].join("\n");

/**
 * What is imported, and the most bytes it may take, gzip at its best, without the framework.
 *
 * Of a page in React the kernel (kernel, entry, slot, scope) is half, requests (http, gather, header) a third. The names of
 * private members and of what goes between modules are 5 % of it: what the rest says is needed for what docs/clients.md promises.
 * Live pages have patience with watches and channels that fail besides.
 */
const LIMITS = [
  ["a page in plain TypeScript", 'export { configureMizan, getMizan, MizanError } from "mizan-runtime"', 8070],
  ["a page in React", REACT, 9060],
  ["a page in React that shows one of 200 contexts", MANY, 9000],
  ["a page in React, live, with channels", `${REACT} export { socket, useChannel } from "mizan-react/live"`, 13240],
  ["a page in React with forms", `${REACT} export { useForm } from "mizan-react/forms"`, 12500],
  ["a page in Vue", 'export { createMizanPlugin, useCall, useSlot, useStatus } from "mizan-vue"', 8870],
  ["a page in Svelte", 'export { setMizan, useCall, useSlot, useStatus } from "mizan-svelte"', 8830],
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
