/** The functions of a small interface, as generated code declares them (docs/clients.md). */

import {
  contactForm,
  globalContext,
  ping,
  rename,
  userContext,
  type Contact,
  type Profile,
  type RenameArgs,
  type RenameExpectations,
  type UserParams,
} from "mizan-fixture";

import {
  useCall,
  useSlot,
  useStatus,
  type Call,
  type CallHookOptions,
  type MaybeGetter,
  type SlotState,
  type StatusState,
} from "../src/index.js";
import { useForm, type FormState } from "../src/forms.js";
import { useChannel, type Channel, type ChannelState } from "../src/live.js";

export { setMizan } from "../src/index.js";

export function useUserProfile(params: MaybeGetter<UserParams>): SlotState<Profile> {
  return useSlot(userContext, "user_profile", params);
}
export function useUserStatus(params: MaybeGetter<UserParams>): StatusState {
  return useStatus(userContext, params);
}
export function useCurrentUser(): SlotState<string> {
  return useSlot(globalContext, "current_user");
}
export function useRename(options?: CallHookOptions<RenameArgs, RenameExpectations>): Call<RenameArgs, Profile> {
  return useCall(rename, options);
}
export function usePing(): Call<Record<never, never>, string> {
  return useCall(ping);
}

const chat: Channel<{ readonly room: string }, { readonly text: string }, { readonly text: string }> = { name: "chat" };

export function useRoom(
  params: MaybeGetter<{ readonly room: string }>,
): ChannelState<{ readonly text: string }, { readonly text: string }> {
  return useChannel(chat, params);
}

export function useContactForm(): FormState<Contact, { readonly sent: boolean }> {
  return useForm(contactForm);
}
