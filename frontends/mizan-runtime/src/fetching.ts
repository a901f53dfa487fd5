/** Any URL, fetched for a client. */

import { DOUBT, hear } from "./answers.js";
import { readHeader } from "./header.js";
import { EVERYTHING } from "./kernel.js";
import type { Mizan } from "./mizan.js";

/** As `Mizan.fetch`. */
export async function fetchUrl(mizan: Mizan, input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const { epoch } = mizan;
  const sender = await mizan.http.sender();
  const response = await sender.fetchUrl(input, init, (error) => {
    hear(mizan, epoch, DOUBT, mizan.tick());
    throw error;
  });
  const news = readHeader(response.headers.get("X-Mizan-Invalidate") ?? "");
  hear(mizan, epoch, news.some(({ context }) => context === EVERYTHING) ? [EVERYTHING] : news, mizan.tick());
  return response;
}
