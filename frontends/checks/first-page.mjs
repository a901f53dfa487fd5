/**
 * docs/first-page.md and the page of docs/live.md, block by block: the server runs, each page is generated, type-checked,
 * built and tried in Chromium.
 */

import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";
import { build, preview } from "vite";

const ROOT = join(import.meta.dirname, "../..");
const BUILD = join(import.meta.dirname, "build");
/** Where the pages stand, and the module of each one's server. */
const FIRST = read("first-page", "app");
const LIVE = read("live", "main");
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

const browser = await inTime("starting the browser", startBrowser);
if (browser === null) console.log(`${PROGRAM} is missing: the pages are built, not tried`);
try {
  await withServer(FIRST, async (url) => {
    for (const framework of Object.keys(PLUGINS)) {
      await inTime(`the page in ${framework}`, () => tryPage(FIRST, framework, url, tryTodos));
    }
  });
  await withServer(LIVE, (url) => inTime("the live page", () => tryPage(LIVE, "react", url, tryTwoWindows)));
  console.log(`${Object.keys(PLUGINS).length + 1} pages of the documents are generated, checked, built and tried`);
} finally {
  await browser?.close();
}

/** A page of docs/: its blocks that name a file, and perhaps a framework. */
function read(name, module) {
  const text = readFileSync(join(ROOT, "docs", `${name}.md`), "utf8");
  const found = text.matchAll(/^```\w+\n(?:\/\/|#|<!--) ([\w./]+)(?:: (\w+))?(?: -->)?\n([^]*?)^```$/gm);
  const blocks = [...found].map(([, path, framework, text]) => ({ path, framework, text }));
  return { name, module, blocks, folder: join(BUILD, name) };
}

/** What *work* gives. What hangs is named, and this program ends with it. */
async function inTime(what, work) {
  const limit = setTimeout(() => {
    console.error(`${what} has taken longer than ${LONGEST / 1000} s`);
    process.exit(1);
  }, LONGEST);
  try {
    return await work();
  } finally {
    clearTimeout(limit);
  }
}

async function tryPage(page, framework, url, attempt) {
  const folder = join(page.folder, framework);
  for (const { path, text } of page.blocks.filter((block) => block.framework === framework)) {
    write(join(folder, path), text.replace("http://127.0.0.1:8000", url));
  }
  const entry = existsSync(join(folder, "src/main.tsx")) ? "src/main.tsx" : "src/main.ts";
  write(join(folder, "index.html"), INDEX(entry));
  write(join(folder, "tsconfig.json"), JSON.stringify(COMPILER));
  const output = join(folder, "src/api");
  python(page, "-m", "mizan_fastapi.generate", page.module, "--target", framework, "--output", output);
  // Components of Vue and Svelte are no modules for tsc.
  if (["react", "typescript"].includes(framework))
    node(join(ROOT, "node_modules/typescript/bin/tsc"), "--project", folder);
  const plugins = PLUGINS[framework];
  const config = {
    root: folder,
    logLevel: "warn",
    // React's is printed.
    ...(plugins === null ? {} : { configFile: false, plugins: await plugins(), server: { proxy: { "/api": url } } }),
  };
  await build(config);
  if (browser === null) return;
  const served = await preview({ ...config, preview: { port: 0 } });
  const context = await browser.newContext();
  context.setDefaultTimeout(PATIENCE);
  try {
    await attempt(context, served.resolvedUrls.local[0], framework);
  } finally {
    await context.close();
    await new Promise((resolve) => served.httpServer.close(resolve));
  }
}

async function tryTodos(context, url, framework) {
  const tab = await context.newPage();
  const item = (hasText) => tab.getByRole("listitem").filter({ hasText }).waitFor();
  await tab.goto(url);
  await item("Try Mizan");
  // What is expected of a call is shown at once; whoever leaves the page before the answer may take the call along.
  const answered = tab.waitForResponse((response) => response.request().method() === "POST");
  await tab.getByLabel("What").fill(`Milk for ${framework}`);
  await tab.getByRole("button", { name: "Add" }).click();
  await item(`Milk for ${framework}`);
  await (await answered).finished();
  await tab.reload();
  await item(`Milk for ${framework}`);
}

/** Two windows, which know nothing of one another: what one does the other shows. */
async function tryTwoWindows(context, url) {
  const other = await browser.newContext();
  other.setDefaultTimeout(PATIENCE);
  try {
    const [tab, another] = [await context.newPage(), await other.newPage()];
    for (const each of [tab, another]) {
      await each.goto(url);
      await each.getByText("connected", { exact: true }).waitFor();
    }
    await tab.getByRole("button", { name: "tea: 0" }).click();
    await another.getByRole("button", { name: "tea: 1" }).waitFor();
    await another.getByLabel("Say").fill(" hello ");
    await another.getByLabel("Say").press("Enter");
    await tab.getByText("hello", { exact: true }).waitFor();
  } finally {
    await other.close();
  }
}

function write(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function python(page, ...options) {
  execFileSync(PYTHON, options, { cwd: page.folder, stdio: ["ignore", "ignore", "inherit"], timeout: LONGEST });
}

function node(...options) {
  execFileSync(process.execPath, options, { stdio: "inherit", timeout: LONGEST });
}

/** Do *work* while the server of a page runs. */
async function withServer(page, work) {
  rmSync(page.folder, { recursive: true, force: true });
  const file = `${page.module}.py`;
  const printed = page.blocks.find(({ path }) => path === file);
  if (printed === undefined) throw new Error(`docs/${page.name}.md prints no ${file}.`);
  write(join(page.folder, file), printed.text);
  const server = await inTime("starting the server", () => startServer(page));
  try {
    await work(server.url);
  } finally {
    server.process.kill();
  }
}

async function startServer(page) {
  const child = spawn(PYTHON, ["-m", "uvicorn", `${page.module}:app`, "--port", "0", "--no-access-log"], {
    cwd: page.folder,
    stdio: ["ignore", "inherit", "pipe"],
  });
  process.once("exit", () => child.kill());
  const url = await new Promise((resolve, reject) => {
    // Until the end: a full pipe would stop the server.
    createInterface(child.stderr).on("line", (line) => {
      const found = /running on (http:\/\/\S+)/.exec(line)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once("exit", () => reject(new Error(`The server of docs/${page.name}.md does not start.`)));
  });
  return { process: child, url };
}

function startBrowser() {
  const folders = [...(process.env.PATH ?? "").split(delimiter), join(ROOT, ".tools/bin")];
  const executablePath = folders.map((folder) => join(folder, PROGRAM)).find((path) => existsSync(path));
  if (executablePath !== undefined)
    return chromium.launch({ executablePath, args: ["--no-sandbox"], timeout: LONGEST });
  if (process.env.CI === "true") throw new Error(`${PROGRAM} is missing: make .tools/bin/${PROGRAM} fetches it`);
  return null;
}
