/** A small interface, as generated code would declare it, and a server of it in memory. */

import { bindContext, bindGlobal, useCall, useSlot, useStatus, type UseCallOptions } from "../src/index.js";

export interface Profile {
  readonly id: number;
  readonly name: string;
}

const user = bindContext<{ readonly user_id: number }>({ name: "user", functions: ["user_profile", "user_orders"] });
const session = bindGlobal({ name: "global", functions: ["current_user"] });
export const CONTEXTS = { user: user.info, global: session.info };
export const UserContext = user.Provider;
export const useUserProfile = (params?: { user_id: number }): Profile => useSlot(user, "user_profile", params);
export const useUserOrders = (): readonly string[] => useSlot(user, "user_orders");
export const useUserStatus = () => useStatus(user);
export const useCurrentUser = (): string => useSlot(session, "current_user");

const rename = { name: "rename" };
type Rename = { user_id: number; name: string };
export const useRename = (options?: UseCallOptions<Rename>) => useCall<Rename, Profile>(rename, options);

/** Answers like a Mizan server; `hold()` keeps answers back until `release()`. */
export class Server {
  readonly names = new Map([
    [1, "Ada"],
    [2, "Grace"],
  ]);
  readonly requests: string[] = [];
  failure: { readonly status: number; readonly code: string } | null = null;
  private gate: Promise<void> = Promise.resolve();
  private open: () => void = () => undefined;

  readonly fetch = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const url = new URL(String(input), "http://server/");
    this.requests.push(`${init.method ?? "GET"} ${url.pathname}${url.search}`);
    const answer = this.answer(url, init);
    await this.gate;
    return answer;
  };

  hold(): void {
    this.gate = new Promise((resolve) => (this.open = resolve));
  }

  release(): void {
    this.open();
    this.gate = Promise.resolve();
  }

  private answer(url: URL, init: RequestInit): Response {
    if (url.pathname.endsWith("/session/")) return json({ csrfToken: "c" });
    if (this.failure !== null) {
      return json({ error: { code: this.failure.code, message: "no" } }, this.failure.status);
    }
    if (url.pathname.endsWith("/ctx/global/")) return json({ current_user: "Ada" });
    if (url.pathname.endsWith("/ctx/user/")) {
      const id = Number(url.searchParams.get("user_id"));
      return json({ user_orders: [`order of ${this.names.get(id)}`], user_profile: this.profile(id) });
    }
    const { args } = JSON.parse(init.body as string) as { args: Rename };
    this.names.set(args.user_id, args.name);
    const params = { user_id: args.user_id };
    const value = this.profile(args.user_id);
    return json({
      result: value,
      invalidate: [{ context: "user", params }],
      merge: [{ context: "user", slot: "user_profile", params, value }],
    });
  }

  private profile(id: number): Profile {
    return { id, name: this.names.get(id) ?? "?" };
  }
}

function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status });
}
