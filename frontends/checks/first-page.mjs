/** docs/first-page.md, block by block: the server runs, each page is generated, type-checked, built and tried in Chromium. */

import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";
import { build, preview } from "vite";

const ROOT = join(import.meta.dirname, "../..");
const FOLDER = join(import.meta.dirname, "build", "first-page");
const PYTHON = process.env.MIZAN_TEST_PYTHON ?? join(ROOT, ".venv/bin/python");
const PROGRAM = "chromium-headless-shell";
/** Milliseconds that a page, or what it needs, may take on a busy machine; whatever takes longer hangs. */
const LONGEST = 120_000;
/** Milliseconds that something may take to be seen. */
const PATIENCE = 30_000;
/** Where each page's framework comes from; React's is printed on the page itself. */
const PLUGINS = {
  react: null,
  vue: () => import("@vitejs/plugin-vue").then(({ default: vue }) => [vue()]),
  svelte: () =>
    import("@sveltejs/vite-plugin-svelte").then(({ svelte, vitePreprocess }) => [
      svelte({ preprocess: vitePreprocess() }),
    ]),
  typescript: () => [],
};
const INDEX = (entry) =>
  `<!doctype html><title>Todos</title><div id="root"></div><script type="module" src="/${entry}"></script>`;
const COMPILER = {
  extends: "../../../../tsconfig.base.json",
  compilerOptions: {
    module: "ESNext",
    moduleResolution: "Bundler",
    lib: ["ES2022", "DOM", "DOM.Iterable"],
    jsx: "react-jsx",
    noEmit: true,
  },
  include: ["src"],
};

const page = readFileSync(join(ROOT, "docs", "first-page.md"), "utf8");
const blocks = [...page.matchAll(/^```\w+\n(?:\/\/|#|<!--) ([\w./]+)(?:: (\w+))?(?: -->)?\n([^]*?)^```$/gm)].map(
  ([, path, framework, text]) => ({
    path,
    framework,
    text,
  }),
);

rmSync(FOLDER, { recursive: true, force: true });
write(join(FOLDER, "app.py"), blockOf("app.py"));
const browser = await inTime("starting the browser", startBrowser);
if (browser === null) {
  console.log(`${PROGRAM} is missing: the pages of docs/first-page.md are built, not tried`);
}
const server = await inTime("starting the server", startServer);
try {
  for (const framework of Object.keys(PLUGINS)) {
    await inTime(`the page in ${framework}`, () => tryPage(framework));
  }
  console.log(`${Object.keys(PLUGINS).length} pages of docs/first-page.md are generated, checked, built and tried`);
} finally {
  await browser?.close();
  server.process.kill();
}

/** What *work* gives. What hangs is named, and this program ends with it. */
async function inTime(what, work) {
  const limit = setTimeout(() => {
    console.error(`docs/first-page.md: ${what} has taken longer than ${LONGEST / 1000} s`);
    process.exit(1);
  }, LONGEST);
  try {
    return await work();
  } finally {
    clearTimeout(limit);
  }
}

async function tryPage(framework) {
  const folder = join(FOLDER, framework);
  for (const { path, text } of blocks.filter((block) => block.framework === framework)) write(join(folder, path), text);
  const entry = existsSync(join(folder, "src/main.tsx")) ? "src/main.tsx" : "src/main.ts";
  write(join(folder, "index.html"), INDEX(entry));
  write(join(folder, "tsconfig.json"), JSON.stringify(COMPILER));
  python("-m", "mizan_fastapi.generate", "app", "--target", framework, "--output", join(folder, "src/api"));
  // Components of Vue and Svelte are no modules for tsc.
  if (["react", "typescript"].includes(framework))
    node(join(ROOT, "node_modules/typescript/bin/tsc"), "--project", folder);
  const plugins = PLUGINS[framework];
  const config = {
    root: folder,
    logLevel: "warn",
    ...(plugins === null ? {} : { configFile: false, plugins: await plugins() }),
  };
  await build(config);
  if (browser === null) return;
  const served = await preview({ ...config, preview: { port: 0, proxy: { "/api": server.url } } });
  const tab = await browser.newPage();
  tab.setDefaultTimeout(PATIENCE);
  try {
    await tab.goto(served.resolvedUrls.local[0]);
    await tab.getByRole("listitem").filter({ hasText: "Try Mizan" }).waitFor();
    await tab.getByLabel("What").fill(`Milk for ${framework}`);
    await tab.getByRole("button", { name: "Add" }).click();
    await tab
      .getByRole("listitem")
      .filter({ hasText: `Milk for ${framework}` })
      .waitFor();
    await tab.reload();
    await tab
      .getByRole("listitem")
      .filter({ hasText: `Milk for ${framework}` })
      .waitFor();
  } finally {
    await tab.close();
    await new Promise((resolve) => served.httpServer.close(resolve));
  }
}

function blockOf(path) {
  const found = blocks.find((block) => block.path === path);
  if (found === undefined) throw new Error(`docs/first-page.md prints no ${path}.`);
  return found.text;
}

function write(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function python(...options) {
  execFileSync(PYTHON, options, { cwd: FOLDER, stdio: ["ignore", "ignore", "inherit"], timeout: LONGEST });
}

function node(...options) {
  execFileSync(process.execPath, options, { stdio: "inherit", timeout: LONGEST });
}

async function startServer() {
  const child = spawn(PYTHON, ["-m", "uvicorn", "app:app", "--port", "0", "--no-access-log"], {
    cwd: FOLDER,
    stdio: ["ignore", "inherit", "pipe"],
  });
  process.once("exit", () => child.kill());
  const url = await new Promise((resolve, reject) => {
    // Until the end: a full pipe would stop the server.
    createInterface(child.stderr).on("line", (line) => {
      const found = /running on (http:\/\/\S+)/.exec(line)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once("exit", () => reject(new Error("The server of docs/first-page.md does not start.")));
  });
  return { process: child, url };
}

function startBrowser() {
  const folders = [...(process.env.PATH ?? "").split(delimiter), join(ROOT, ".tools/bin")];
  const executablePath = folders.map((folder) => join(folder, PROGRAM)).find((path) => existsSync(path));
  if (executablePath !== undefined) return chromium.launch({ executablePath, args: ["--no-sandbox"] });
  if (process.env.CI === "true") throw new Error(`${PROGRAM} is missing: make .tools/bin/${PROGRAM} fetches it`);
  return null;
}
