import { Mizan } from "mizan-runtime";
import { hydrationStream } from "mizan-react/server";
import type { ServerResponse } from "node:http";
import { renderToPipeableStream } from "react-dom/server";

import { MizanContext } from "../../src/mizan";
import { Page } from "./page";

/** Answer with the page, part by part, as the shop at *url* has it. */
export function render(url: string, response: ServerResponse): void {
  // Each part by itself: one that is late keeps no other waiting.
  const mizan = new Mizan({ baseUrl: `${url}/api/mizan`, batch: false });
  const stream = renderToPipeableStream(
    <MizanContext client={mizan}>
      <Page />
    </MizanContext>,
    {
      bootstrapScripts: ["/client.js"],
      onShellReady: () => {
        response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" });
        stream.pipe(hydrationStream(mizan)).pipe(response);
      },
      onAllReady: () => mizan.close(),
    },
  );
}
