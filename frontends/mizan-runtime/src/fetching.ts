/** Any URL, fetched for a client. */

import { readHeader } from "./header.js";
import type { Mizan } from "./mizan.js";

/** As `Mizan.fetch`. */
export async function fetchUrl(mizan: Mizan, input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const sender = await mizan.http.sender();
  const response = await sender.fetchUrl(input, init);
  const header = response.headers.get("X-Mizan-Invalidate");
  if (header !== null) mizan.invalidate(readHeader(header));
  return response;
}
