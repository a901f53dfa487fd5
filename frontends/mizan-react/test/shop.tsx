/** The hooks of a small interface, as generated code declares them (docs/clients.md). */

import {
  INTERFACE,
  globalContext,
  ping,
  rename,
  teamContext,
  userContext,
  type GlobalSlots,
  type Profile,
  type RenameArgs,
  type RenameExpectations,
  type TeamParams,
  type UserParams,
  type UserSlots,
} from "mizan-fixture";
import type { FunctionComponent, ReactElement } from "react";

import {
  MizanContext as Base,
  bindContext,
  bindGlobal,
  composeProviders,
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

export function MizanContext(props: MizanContextProps): ReactElement {
  return <Base interface={INTERFACE} {...props} />;
}
export const DjangoContext: FunctionComponent<MizanContextProps> = MizanContext;

const user: BoundContext<UserParams, UserSlots> = /* @__PURE__ */ bindContext(userContext);
const session: BoundContext<Record<never, never>, GlobalSlots> = /* @__PURE__ */ bindGlobal(globalContext);
const team: BoundContext<TeamParams, { readonly team: string }> = /* @__PURE__ */ bindContext(teamContext);
export const UserContext: Provider<UserParams> = user.Provider;
export const AccountProvider: Provider<TeamParams & UserParams> = /* @__PURE__ */ composeProviders(session, team, user);
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

export function useTeam(params?: TeamParams): string {
  return useSlot(team, "team", params);
}
