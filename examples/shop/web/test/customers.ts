/** Customers without a page: programs that call the shop's functions with a token. */

import { ask, type Shop } from "./shops.js";

/** A refusal that busy customers meet: sold out, or shipped already by somebody else. */
const ORDINARY = new Set([404, 409]);

export class Customer {
  readonly id: string;
  readonly #url: string;
  readonly #token: string;

  private constructor(url: string, id: string, token: string) {
    this.#url = url;
    this.id = id;
    this.#token = token;
  }

  static async of(shop: Shop, username: string): Promise<Customer> {
    const { url } = shop;
    const cookies = await logIn(shop, username);
    const csrf = /csrftoken=([^;]+)/.exec(cookies)?.[1];
    const headers = { Cookie: cookies, ...(csrf === undefined ? {} : { "X-CSRFToken": csrf }) };
    const granted = await called(url, headers, "mwt_obtain", {});
    const { token } = granted.result as { token: string };
    const known = await ask(`${url}/api/mizan/ctx/global/`, { headers: { "X-Mizan-Token": token } });
    const { current_user } = (await known.json()) as { current_user: { id: string } };
    return new Customer(url, current_user.id, token);
  }

  /** The result; null where the shop could not do it. */
  async call(fn: string, args: object): Promise<unknown> {
    const answer = await called(this.#url, { "X-Mizan-Token": this.#token }, fn, args);
    if (answer.status !== 200 && !ORDINARY.has(answer.status)) throw new Error(`${fn}: ${JSON.stringify(answer)}`);
    return answer.result ?? null;
  }

  async products(): Promise<readonly { readonly id: string; readonly name: string }[]> {
    const response = await ask(`${this.#url}/api/mizan/ctx/catalogue/`);
    const bundle = (await response.json()) as { search_products: { id: string; name: string }[] };
    return bundle.search_products;
  }
}

/** The cookies of who has logged in as *username*, as a browser would send them. */
export async function logIn({ url, password }: Shop, username: string): Promise<string> {
  const begun = await ask(`${url}/api/mizan/session/`);
  const { csrfToken } = (await begun.json()) as { csrfToken: string | null };
  const guard = csrfToken === null ? {} : { "X-CSRFToken": csrfToken };
  const entered = await ask(`${url}/login/`, {
    method: "POST",
    headers: { ...guard, "Content-Type": "application/json", Cookie: cookiesOf(begun) },
    body: JSON.stringify({ username, password }),
  });
  // Logging in gives another CSRF token.
  return cookiesOf(entered);
}

function cookiesOf({ headers }: Response): string {
  const cookies = headers.getSetCookie().map((one) => one.split(";")[0]);
  return cookies.join("; ");
}

async function called(url: string, headers: Record<string, string>, fn: string, args: object) {
  const response = await ask(`${url}/api/mizan/call/`, {
    method: "POST",
    headers: { ...headers, "Content-Type": "application/json" },
    body: JSON.stringify({ fn, args }),
  });
  const body = (await response.json()) as { result?: unknown; error?: unknown };
  return { status: response.status, ...body };
}
