/** A proxy between a browser and a shop: it counts what passes, and can hold it, lose it or answer in the shop's place. */

import { createServer, request, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";

const API = "/api/mizan/";
const INTERFACE = "x-mizan-interface";

/** A request to the API: `GET ctx/user/` or `POST place_order`. */
export type Matching = RegExp;

export interface Held {
  /** Resolves when the request has arrived, and with it the shop's answer. */
  readonly arrived: Promise<void>;
  /** Let the answer go on. */
  release(): void;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** An error that the shop did not send. */
export interface Failure {
  readonly status: number;
  readonly code: string;
}

/** What to do with the next request that matches: give what the browser gets, null for a lost connection. */
interface Intervention {
  readonly matching: Matching;
  readonly act: (forward: () => Promise<Answer>) => Promise<Answer | null>;
}

export class Proxy {
  readonly url: string;
  /** What the API was asked for, in order. */
  readonly asked: string[] = [];
  /** What has not been answered yet. */
  readonly open = new Set<string>();
  /** What answers say their interface is, if not the shop's own: as after another version was deployed. */
  interface: string | null = null;
  readonly #interventions: Intervention[] = [];
  readonly #sockets = new Set<Duplex>();
  readonly #server;
  readonly #target: string;

  private constructor(server: ReturnType<typeof createServer>, target: string) {
    this.#server = server;
    this.#target = target;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on("request", (incoming, outgoing) => this.pass(incoming, outgoing));
    server.on("upgrade", (incoming, socket) => this.#join(incoming, socket));
  }

  static async to(target: string): Promise<Proxy> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new Proxy(server, target);
  }

  /** Cut all connections over which news come. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** From now on nothing is done to what passes. */
  calm(): void {
    this.#interventions.length = 0;
  }

  /** Treat a request to another server as one to this. */
  pass(incoming: IncomingMessage, outgoing: ServerResponse): void {
    void this.#pass(incoming, outgoing);
  }

  /** Forget what was asked so far. */
  forget(): void {
    this.asked.length = 0;
  }

  /** Keep the answer to the next such request until it is released: the shop's, or *instead* without asking it. */
  hold(matching: Matching, instead?: Failure): Held {
    let arrive = (): void => undefined;
    let release = (): void => undefined;
    const arrived = new Promise<void>((resolve) => (arrive = resolve));
    const released = new Promise<void>((resolve) => (release = resolve));
    this.#intervene(matching, async (forward) => {
      const answer = instead === undefined ? await forward() : failed(instead);
      arrive();
      await released;
      return answer;
    });
    return { arrived, release };
  }

  /** Lose the answer to the next such request, which the shop has given. */
  lose(matching: Matching): void {
    this.#intervene(matching, async (forward) => {
      await forward();
      return null;
    });
  }

  /** Answer the next such request with an error, without asking the shop. */
  fail(matching: Matching, status: number, code: string): void {
    this.#intervene(matching, async () => failed({ status, code }));
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.cut();
    this.#server.closeAllConnections();
    await closed;
  }

  #intervene(matching: Matching, act: Intervention["act"]): void {
    this.#interventions.push({ matching, act });
  }

  async #pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    try {
      const body = await bytesOf(incoming);
      const forward = (): Promise<Answer> => forwarded(this.#target, incoming, body);
      const answer = await this.#answer(nameOf(incoming, body), forward);
      if (answer === null) {
        // Begun and cut off: what has not begun a browser may ask for once more by itself.
        outgoing.writeHead(200, { "content-length": 2 }).write("{", () => incoming.socket.destroy());
        return;
      }
      const { headers } = answer;
      if (this.interface !== null && INTERFACE in headers) headers[INTERFACE] = this.interface;
      outgoing.writeHead(answer.status, headers).end(answer.body);
    } catch {
      incoming.socket.destroy();
    }
  }

  /** A socket of the page's, and one to the shop: what goes in comes out. */
  #join({ url = "/", headers }: IncomingMessage, socket: Duplex): void {
    const asked = request(new URL(url, this.#target), { headers, agent: false });
    asked.on("upgrade", ({ headers: answered }, other) => {
      const lines = Object.entries(answered).map(([name, value]) => `${name}: ${String(value)}`);
      socket.write(["HTTP/1.1 101 Switching Protocols", ...lines, "", ""].join("\r\n"));
      for (const [one, another] of [
        [socket, other],
        [other, socket],
      ] as const) {
        one.on("error", () => another.destroy()).on("close", () => another.destroy());
        one.pipe(another);
      }
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
    });
    asked.on("response", ({ statusCode = 502 }) => socket.end(`HTTP/1.1 ${statusCode} Refused\r\n\r\n`));
    asked.on("error", () => socket.destroy());
    asked.end();
  }

  async #answer(name: string | null, forward: () => Promise<Answer>): Promise<Answer | null> {
    if (name === null) return forward();
    this.asked.push(name);
    const label = `${this.asked.length}. ${name}`;
    this.open.add(label);
    try {
      return await this.#intervened(name, forward);
    } finally {
      this.open.delete(label);
    }
  }

  #intervened(name: string, forward: () => Promise<Answer>): Promise<Answer | null> {
    const index = this.#interventions.findIndex(({ matching }) => matching.test(name));
    const [intervention] = index < 0 ? [] : this.#interventions.splice(index, 1);
    return intervention === undefined ? forward() : intervention.act(forward);
  }
}

function failed({ status, code }: Failure): Answer {
  const body = Buffer.from(JSON.stringify({ error: { code, message: "Something is broken." } }));
  return { status, headers: { "content-type": "application/json" }, body };
}

/** What of the API is asked for; null for all else. */
function nameOf({ method, url = "" }: IncomingMessage, body: Buffer): string | null {
  if (!url.startsWith(API)) return null;
  const path = url.slice(API.length);
  if (path !== "call/") return `${method} ${path}`;
  return `${method} ${(JSON.parse(body.toString()) as { fn: string }).fn}`;
}

function forwarded(target: string, incoming: IncomingMessage, body: Buffer): Promise<Answer> {
  const { method, url = "/", headers } = incoming;
  return new Promise((resolve, reject) => {
    // The shop sees the host that the browser named: its cookies and its CSRF checks are about that one.
    // A connection of its own: one that is kept may be closed at the moment it is used again.
    const options = { method: method ?? "GET", headers: { ...headers, connection: "close" }, agent: false as const };
    request(new URL(url, target), options, (response) => {
      bytesOf(response).then((content) => {
        const { connection: _, "transfer-encoding": __, ...rest } = response.headers;
        resolve({ status: response.statusCode ?? 502, headers: rest, body: content });
      }, reject);
    })
      .on("error", reject)
      .end(body);
  });
}

async function bytesOf(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
