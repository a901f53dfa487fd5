/** The shop, as the server of these pages sees it. */

import type { Mizan } from "mizan-runtime";
import { headers } from "next/headers";
import { cache } from "react";

import { mizanForRequest } from "./mizan/server";

/** Where it is: `make demo ARGS=--serve` prints it. */
const SHOP_URL = process.env["SHOP_URL"] ?? "http://127.0.0.1:8000";

/**
 * A client that asks as the visitor who wants the page: one for each request (`cache` is React's, and forgets with it),
 * shared by the layout and the page, since what it reads is theirs.
 */
export const shop = cache(async (): Promise<Mizan> => {
  return mizanForRequest(await headers(), { baseUrl: `${SHOP_URL}/api/mizan` });
});

/** Send a request of the browser's on to the shop. Where a server stands before both (nginx), it does that. */
export async function pass(request: Request): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const asked = new Request(new URL(pathname + search, SHOP_URL), request);
  // For Django's check of the origin (`USE_X_FORWARDED_HOST`).
  asked.headers.set("x-forwarded-host", request.headers.get("host") ?? "");
  // What comes compressed would arrive unpacked, and still be called compressed.
  asked.headers.delete("accept-encoding");
  return fetch(asked, { redirect: "manual" });
}
