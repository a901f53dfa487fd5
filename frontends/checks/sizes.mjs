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
 * What is imported, and the most bytes it may take, gzip at its best, without the framework: what a page loads at first, and
 * all of it, with what calls need (`mizan-runtime/src/later.ts`), as one file.
 *
 * docs/performance.md says what a page in React is made of. Live pages have patience with watches and channels that fail besides,
 * and forget what was said in channels to who no longer asks; what is loaded later refuses what another viewer has wanted.
 */
const LIMITS = [
  ["a page in plain TypeScript", 'export { configureMizan, getMizan, MizanError } from "mizan-runtime"', 5115, 8150],
  ["a page in React", REACT, 5965, 9000],
  ["a page in React that shows one of 200 contexts", MANY, 5680, 8715],
  [
    "a page in React, live, with channels",
    `${REACT} export { socket, useChannel } from "mizan-react/live"`,
    10570,
    13450,
  ],
  ["a page in React with forms", `${REACT} export { useForm } from "mizan-react/forms"`, 8950, 11945],
  ["a page in Vue", 'export { createMizanPlugin, useCall, useSlot, useStatus } from "mizan-vue"', 5900, 8920],
  ["a page in Svelte", 'export { setMizan, useCall, useSlot, useStatus } from "mizan-svelte"', 5860, 8875],
];
const FRAMEWORKS = ["react", "react/*", "vue", "svelte", "svelte/*"];
const LATER = {
  name: "later",
  setup({ onResolve }) {
    onResolve({ filter: /^/ }, ({ kind }) =>
      kind === "dynamic-import" ? { path: "later", external: true } : undefined,
    );
  },
};

async function sizeOf(contents, plugins) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: import.meta.dirname },
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: "es2022",
    external: FRAMEWORKS,
    plugins,
  });
  return gzipSync(outputFiles[0].contents, { level: 9 }).length;
}

let isTooLarge = false;
for (const [what, contents, atFirst, inAll] of LIMITS) {
  const [first, all] = await Promise.all([sizeOf(contents, [LATER]), sizeOf(contents, [])]);
  console.log(`${what}: ${first} bytes of ${atFirst} at first, ${all} of ${inAll} in all`);
  isTooLarge ||= first > atFirst || all > inAll;
}
if (isTooLarge) {
  console.error("That is more than it may be: make it smaller, or say in sizes.mjs why not.");
  process.exit(1);
}
