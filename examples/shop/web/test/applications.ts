/** The examples of frameworks that render pages on a server of their own, as their `npm start` runs them. */

import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

import { Proxy } from "./proxy.js";
import { ROOT, type Shop } from "./shops.js";

export interface Framework {
  readonly name: string;
  /** In `examples`. */
  readonly folder: string;
  /** Which shop is behind its pages in the tests. */
  readonly server: "FastAPI" | "Django";
  /** What serves the built pages, and where it listens. */
  command(port: number): readonly string[];
  /** Whether what a route shows comes with it, when somebody goes to it in the browser; else the browser reads it. */
  readonly bringsRoutes: boolean;
}

export const FRAMEWORKS: readonly Framework[] = [
  {
    name: "React Router",
    folder: "react-router",
    server: "FastAPI",
    command: () => ["node_modules/.bin/react-router-serve", "build/server/index.js"],
    bringsRoutes: false,
  },
  {
    name: "Next",
    folder: "next",
    server: "Django",
    command: (port) => ["node_modules/.bin/next", "start", "--hostname", "127.0.0.1", "--port", String(port)],
    bringsRoutes: true,
  },
];

/** What is in front of a shop: its pages, rendered by a server that reads from it. */
export interface Application {
  /** The shop with these pages: `url` is where they are. */
  readonly shop: Shop;
  /** What passes between the server of the pages and the shop. */
  readonly rendering: Proxy;
  stop(): Promise<void>;
}

/** Milliseconds that a server may take before it listens. */
const PATIENCE = 60_000;

/** @throws Error when its server does not listen; what it says stands in the report of the tests. */
export async function startApplication({ name, folder, command }: Framework, shop: Shop): Promise<Application> {
  const [rendering, port] = await Promise.all([Proxy.to(shop.url), freePort()]);
  const child = spawn(process.execPath, command(port), {
    cwd: join(ROOT, "examples", folder),
    env: {
      ...process.env,
      NODE_ENV: "production",
      NEXT_TELEMETRY_DISABLED: "1",
      HOST: "127.0.0.1",
      PORT: String(port),
      SHOP_URL: rendering.url,
    },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const ended = once(child, "exit");
  const kill = (): boolean => child.kill("SIGTERM");
  process.once("exit", kill);
  const stop = async (): Promise<void> => {
    kill();
    await ended;
    await rendering.close();
  };
  try {
    await Promise.race([
      listens(port),
      ended.then(() => Promise.reject(new Error(`The server of ${name} has ended.`))),
      setTimeout(PATIENCE, null, { ref: false }).then(() => Promise.reject(new Error(`${name} does not listen.`))),
    ]);
  } catch (error) {
    await stop();
    throw error;
  }
  return { shop: { ...shop, url: `http://127.0.0.1:${port}` }, rendering, stop };
}

async function listens(port: number): Promise<void> {
  while (!(await answers(port))) await setTimeout(50);
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.on("connect", () => resolve(true)).on("error", () => resolve(false));
    socket.on("connect", () => socket.destroy());
  });
}

/** One below those that the system gives to whoever wants any: nobody else gets it before the server listens. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 32_000);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().listen(port, "127.0.0.1");
    server.on("error", () => resolve(false)).on("listening", () => server.close(() => resolve(true)));
  });
}
