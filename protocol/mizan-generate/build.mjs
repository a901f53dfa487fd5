// Builds the generator as WebAssembly into dist/. The target is fetched once: rustup target add wasm32-wasip1

import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import path from "node:path";

const here = path.dirname(fileURLToPath(import.meta.url));
const target = process.env.CARGO_TARGET_DIR ?? path.join(here, "../../target");
const words = ["build", "--quiet", "--release", "--target", "wasm32-wasip1", "--package", "mizan-generate"];
const done = spawnSync("cargo", words, { cwd: here, stdio: "inherit" });
if (done.status !== 0) process.exit(done.status ?? 1);
mkdirSync(path.join(here, "dist"), { recursive: true });
copyFileSync(
  path.join(target, "wasm32-wasip1/release/mizan-generate.wasm"),
  path.join(here, "dist/mizan-generate.wasm"),
);
