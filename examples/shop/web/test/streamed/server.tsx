import { Mizan } from "mizan-runtime";
import type { IncomingMessage, ServerResponse } from "node:http";
import { renderToPipeableStream } from "react-dom/server";

import { MizanContext, catalogueContext } from "../../src/mizan";
import { getMizanHydration, hydrationScript, hydrationStream, mizanForRequest } from "../../src/mizan/server";
import { Page, Parts } from "./page";

const HTML = { "Content-Type": "text/html; charset=utf-8" };

/** Answer with the page, part by part, as the shop at *url* has it. */
export function stream(url: string, _: IncomingMessage, response: ServerResponse): void {
  // Each part by itself: one that is late keeps no other waiting.
  const mizan = new Mizan({ baseUrl: `${url}/api/mizan`, batch: false });
  const page = renderToPipeableStream(
    <MizanContext client={mizan}>
      <Page />
    </MizanContext>,
    {
      bootstrapScripts: ["/client.js"],
      onShellReady: () => {
        response.writeHead(200, HTML);
        page.pipe(hydrationStream(mizan)).pipe(response);
      },
      onAllReady: () => mizan.close(),
    },
  );
}

/** Answer with the parts in a page of the server's own, all at once: what they show is read before. */
export async function read(url: string, { headers }: IncomingMessage, response: ServerResponse): Promise<void> {
  const mizan = mizanForRequest(headers, { baseUrl: `${url}/api/mizan` });
  const hydration = await getMizanHydration(mizan, [
    [catalogueContext, { category: "tea" }],
    [catalogueContext, { category: "coffee" }],
  ]);
  const parts = renderToPipeableStream(
    <MizanContext hydration={hydration}>
      <Parts />
    </MizanContext>,
    {
      bootstrapScripts: ["/client.js"],
      onShellReady: () => {
        response.writeHead(200, HTML);
        response.write(`<!doctype html><html lang="en"><body>${hydrationScript(hydration)}<div id="root">`);
        parts.pipe(response);
      },
    },
  );
}
