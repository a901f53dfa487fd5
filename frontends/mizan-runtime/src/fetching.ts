/** Any URL, fetched for a client. */

import { readHeader } from "./header.js";
import { EVERYTHING } from "./kernel.js";
import type { Mizan } from "./mizan.js";

/** As `Mizan.fetch`. */
export async function fetchUrl(mizan: Mizan, input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const { epoch } = mizan;
  const sender = await mizan.http.sender();
  const response = await sender.fetchUrl(input, init);
  const header = response.headers.get("X-Mizan-Invalidate");
  const news = readHeader(header ?? "");
  if (news.some(({ context }) => context === EVERYTHING)) {
    // That somebody else is asking may have been heard already, by the viewer that the same answer names.
    if (epoch === mizan.epoch) mizan.reset();
  } else if (news.length > 0) {
    mizan.invalidate(news);
  }
  return response;
}
