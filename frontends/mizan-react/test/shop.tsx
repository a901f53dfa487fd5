/** A small interface, as generated code declares it (docs/clients.md), and a server of it in memory. */

import type { Context, ServerFunction } from "mizan-runtime";
import type { FunctionComponent, ReactElement } from "react";

import {
  MizanContext as Base,
  bindContext,
  bindGlobal,
  useCall,
  useSlot,
  useStatus,
  type BoundContext,
  type Call,
  type CallHookOptions,
  type MizanContextProps,
  type Provider,
  type Status,
} from "../src/index.js";

export type UserParams = { readonly user_id: number };
export interface Profile {
  readonly id: number;
  readonly name: string;
}
export interface UserSlots {
  readonly user_orders: readonly string[];
  readonly user_profile: Profile;
}
export interface GlobalSlots {
  readonly current_user: string;
}
export type RenameArgs = { readonly user_id: number; readonly name: string };
export interface RenameExpectations {
  readonly user?: {
    readonly user_orders?: (content: readonly string[]) => readonly string[];
    readonly user_profile?: (content: Profile) => Profile;
  };
}

export const INTERFACE = "9f86d081884c7d65";
export const userContext: Context<UserParams, UserSlots> = {
  name: "user",
  slots: { user_orders: ["user_id"], user_profile: ["user_id"] },
};
export const globalContext: Context<Record<never, never>, GlobalSlots> = {
  name: "global",
  slots: { current_user: [] },
};
export const rename: ServerFunction<RenameArgs, Profile, RenameExpectations> = { name: "rename", affects: ["user"] };
export const ping: ServerFunction<Record<never, never>, string> = { name: "ping" };

export function MizanContext(props: MizanContextProps): ReactElement {
  return <Base interface={INTERFACE} {...props} />;
}
export const DjangoContext: FunctionComponent<MizanContextProps> = MizanContext;

const user: BoundContext<UserParams, UserSlots> = /* @__PURE__ */ bindContext(userContext);
const session: BoundContext<Record<never, never>, GlobalSlots> = /* @__PURE__ */ bindGlobal(globalContext);
export const UserContext: Provider<UserParams> = user.Provider;
export function useUserProfile(params?: UserParams): Profile {
  return useSlot(user, "user_profile", params);
}
export function useUserOrders(params?: UserParams): readonly string[] {
  return useSlot(user, "user_orders", params);
}
export function useUserStatus(params?: UserParams): Status {
  return useStatus(user, params);
}
export function useCurrentUser(): string {
  return useSlot(session, "current_user");
}
export function useRename(options?: CallHookOptions<RenameArgs, RenameExpectations>): Call<RenameArgs, Profile> {
  return useCall(rename, options);
}
export function usePing(options?: CallHookOptions): Call<Record<never, never>, string> {
  return useCall(ping, options);
}

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
    const answer = url.pathname.endsWith("/ctx/") ? await this.several(url.searchParams) : this.answer(url, init);
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
    if ((init.body as string).includes('"ping"')) return json({ result: "pong" });
    const { args } = JSON.parse(init.body as string) as { args: RenameArgs };
    this.names.set(args.user_id, args.name);
    const params = { user_id: args.user_id };
    const value = this.profile(args.user_id);
    return json({
      result: value,
      invalidate: [{ context: "user", params }],
      merge: [{ context: "user", slot: "user_profile", params, value }],
    });
  }

  private async several(pairs: URLSearchParams): Promise<Response> {
    const parts = [...pairs].map(async ([context, query]) => {
      const one = this.answer(new URL(`http://server/ctx/${context}/?${query}`), {});
      const body = (await one.json()) as object;
      return { status: one.status, ...(one.ok ? { bundle: body } : body) };
    });
    return json({ bundles: await Promise.all(parts) });
  }

  private profile(id: number): Profile {
    return { id, name: this.names.get(id) ?? "?" };
  }
}

function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status });
}
