/**
 * `node size.mjs FOLDER [ENTRY]`: the bytes of a project's page beyond React, minified and compressed with gzip at its best:
 * what is loaded at first, and with what it imports later, in one file.
 */

import { build } from "esbuild";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const [folder, entry = "main.tsx"] = process.argv.slice(2);

const later = {
  name: "later",
  setup({ onResolve }) {
    onResolve({ filter: /^/ }, ({ kind }) =>
      kind === "dynamic-import" ? { path: "later", external: true } : undefined,
    );
  },
};

async function sizeOf(plugins) {
  const { outputFiles } = await build({
    entryPoints: [join(folder, entry)],
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: "es2022",
    jsx: "automatic",
    define: { "process.env.NODE_ENV": '"production"', "import.meta.env.DEV": "false" },
    external: ["react", "react/*", "react-dom", "react-dom/*"],
    plugins,
  });
  return gzipSync(outputFiles[0].contents, { level: 9 }).length;
}

console.log(JSON.stringify({ first: await sizeOf([later]), all: await sizeOf([]) }));
