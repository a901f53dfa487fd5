// The worker as a server of Node: node serve.mjs MANIFEST ORIGIN [PORT]; the secret is MIZAN_EDGE_SECRET.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { Readable } from "node:stream";

import { createWorker } from "./worker.mjs";

const [file, origin, port = "0"] = process.argv.slice(2);
const secret = process.env.MIZAN_EDGE_SECRET;
if (file === undefined || origin === undefined || secret === undefined) {
  console.error("usage: MIZAN_EDGE_SECRET=... node serve.mjs MANIFEST ORIGIN [PORT]");
  process.exit(2);
}
const answer = createWorker({ manifest: JSON.parse(readFileSync(file, "utf-8")), origin, secret });

const server = createServer(async (incoming, outgoing) => {
  const hasBody = incoming.method !== "GET" && incoming.method !== "HEAD";
  const request = new Request(`http://${incoming.headers.host}${incoming.url}`, {
    method: incoming.method,
    headers: Object.entries(incoming.headers).filter(([name]) => !["connection", "host", "transfer-encoding"].includes(name)),
    ...(hasBody ? { body: Readable.toWeb(incoming), duplex: "half" } : {}),
  });
  try {
    const response = await answer(request);
    const headers = Object.fromEntries([...response.headers].filter(([name]) => !["content-encoding", "content-length", "transfer-encoding"].includes(name)));
    outgoing.writeHead(response.status, headers);
    outgoing.end(Buffer.from(await response.arrayBuffer()));
  } catch (error) {
    outgoing.writeHead(502);
    outgoing.end();
    console.error(error);
  }
});
server.listen(Number(port), "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
