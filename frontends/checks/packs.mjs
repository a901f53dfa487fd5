/**
 * Each package as npm would publish it, installed into a fresh Vite project beside a Django project: the client is
 * generated as the user's documents say, the page built and run.
 */

import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const FOLDERS = join(import.meta.dirname, "..");
const ROOT = join(FOLDERS, "..");
const PYTHON = process.env.MIZAN_TEST_PYTHON ?? join(ROOT, ".venv/bin/python");
const PACKAGES = ["mizan-runtime", "mizan-react", "mizan-vue", "mizan-svelte", "mizan-devtools", "mizan-generate"];
/** In the versions that are tried everywhere else: what is published today is no matter of this check. */
const { packages: locked } = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8"));
const PEERS = Object.fromEntries(
  ["react", "react-dom", "vue", "svelte", "vite"].map((name) => [name, locked[`node_modules/${name}`].version]),
);

const project = mkdtempSync(join(tmpdir(), "mizan-packs-"));
const run = (command, args, options = {}) =>
  execFileSync(command, args, { cwd: project, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], ...options });
try {
  const workspaces = PACKAGES.map((name) => `--workspace=${name}`);
  run("npm", ["pack", "--silent", "--pack-destination", project, ...workspaces], { cwd: ROOT });
  const dependencies = { ...PEERS };
  for (const file of readdirSync(project)) dependencies[file.replace(/-\d.*$/, "")] = `file:./${file}`;
  writeFileSync(join(project, "package.json"), JSON.stringify({ private: true, type: "module", dependencies }));
  run("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", "--ignore-scripts", "--silent"]);

  cpSync(join(import.meta.dirname, "project"), project, { recursive: true });
  mkdirSync(join(project, "backend"));
  cpSync(join(ROOT, "examples/shop/django_project/manage.py"), join(project, "backend/manage.py"));
  const environment = { ...process.env, PROJECT_PYTHON: PYTHON, PROJECT_ROOT: ROOT };
  const generated = run("npx", ["mizan-generate", "--config", "django.config.mjs"], { env: environment });
  check(`generating said ${generated}`, /^src\/api: \d+ written\n$/.test(generated));
  run("npx", ["vite", "build", "--logLevel", "error"]);
  const built = readdirSync(join(project, "dist", "assets")).map((file) =>
    readFileSync(join(project, "dist", "assets", file), "utf8"),
  );
  check("the panel for developers is in a production build", !built.some((text) => text.includes("nobody looks")));
  check(
    "the page was built without what it shows",
    built.some((text) => text.includes("the page of all packages")),
  );
  mkdirSync(join(project, "run"));
  writeFileSync(join(project, "run", "run.mjs"), readFileSync(join(project, "rendered.mjs")));
  const html = run("node", ["run/run.mjs"]);
  check(`the page was rendered as ${html}`, html.includes("<b>Ada</b>"));
  console.log(`${PACKAGES.length} packages install, generate, build and render in a fresh project`);
} finally {
  rmSync(project, { recursive: true });
}

function check(problem, isWell) {
  if (!isWell) throw new Error(`Not as it should be: ${problem}.`);
}
