/** The shop in FastAPI and in Django, as `make demo ARGS=--serve` starts them. */

import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

export interface Shop {
  readonly name: string;
  readonly url: string;
  /** Of all customers. */
  readonly password: string;
  /** The SQLite file. */
  readonly database: string;
}

export interface Shops {
  readonly all: readonly Shop[];
  stop(): Promise<void>;
}

export const ROOT = join(import.meta.dirname, "../../../../..");
/** What runs the shops. */
export const PYTHON = process.env["MIZAN_TEST_PYTHON"] ?? join(ROOT, ".venv/bin/python");
const TITLE = /^(FastAPI|Django)\b.* · (http:\/\/127\.0\.0\.1:\d+) · /;
const DATABASE = /^ {4}(\/\S+\.sqlite3) \(the database\)$/;
const PASSWORD = /^Log in as .*password (\S+)$/;

/** @throws Error when they do not start; with what they said. */
export async function startShops(...options: readonly string[]): Promise<Shops> {
  const child = spawn(PYTHON, ["-m", "examples.shop.demo", "--serve", ...options], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  const kill = (): boolean => child.kill("SIGTERM");
  process.once("exit", kill);
  try {
    return {
      all: await announced(child),
      stop: async () => {
        kill();
        await ended;
      },
    };
  } catch (error) {
    kill();
    throw error;
  }
}

/** `fetch` over a connection of its own: one that is kept may be closed at the moment when it is used again. */
export function ask(
  url: string,
  { headers, ...init }: RequestInit & { readonly headers?: Record<string, string> } = {},
): Promise<Response> {
  return fetch(url, { ...init, headers: { ...headers, Connection: "close" } });
}

function announced(child: ChildProcessByStdio<null, Readable, null>): Promise<readonly Shop[]> {
  const said: string[] = [];
  const found: Omit<Shop, "password" | "database">[] = [];
  const databases: string[] = [];
  return new Promise((resolve, reject) => {
    // All is read until the end: a full pipe would stop the servers.
    createInterface(child.stdout).on("line", (line) => {
      said.push(line);
      const [, name, url] = TITLE.exec(line) ?? [];
      if (name !== undefined && url !== undefined) found.push({ name, url });
      const database = DATABASE.exec(line)?.[1];
      if (database !== undefined) databases.push(database);
      const password = PASSWORD.exec(line)?.[1];
      if (password !== undefined)
        resolve(found.map((shop, index) => ({ ...shop, password, database: databases[index] ?? "" })));
    });
    child.once("exit", () => reject(new Error(["The shops did not start:", ...said].join("\n"))));
  });
}
