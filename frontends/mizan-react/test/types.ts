/** What the types allow and refuse; the compiler is the test (`tsc --project tsconfig.test.json`), nothing here runs. */

import { rename, userContext, type Profile } from "mizan-fixture";
import { getMizan, type MizanError } from "mizan-runtime";

import { usePing, useRename, UserContext, useUserProfile } from "./shop.js";

export function useTypes(): unknown {
  const profile: Profile = useUserProfile({ user_id: 1 });
  // @ts-expect-error a parameter of another type
  useUserProfile({ user_id: "1" });
  // @ts-expect-error a parameter that the context does not have
  useUserProfile({ user_id: 1, page: 2 });
  // @ts-expect-error what is shown cannot be changed in place
  profile.name = "x";
  // @ts-expect-error a provider without its parameter
  UserContext({ children: null });

  const renaming = useRename({
    optimistic: ({ user_id, name }) => ({ user: { user_profile: (content) => ({ ...content, id: user_id, name }) } }),
  });
  void renaming({ user_id: 1, name: "x" }).then((result: Profile) => result.name);
  // @ts-expect-error an argument that is missing
  void renaming({ user_id: 1 });
  // @ts-expect-error arguments that are missing
  void renaming.mutate();
  void renaming.safe({ user_id: 1, name: "x" }).then((outcome) => {
    // @ts-expect-error there may be an error instead
    void outcome.data;
    const told: Profile | MizanError = outcome.ok ? outcome.data : outcome.error;
    return told;
  });
  // @ts-expect-error a slot that rename does not change
  useRename({ optimistic: () => ({ user: { user_friends: () => [] } }) });
  // @ts-expect-error content of another type
  useRename({ optimistic: () => ({ user: { user_profile: () => "x" } }) });
  // @ts-expect-error a context that rename does not change
  useRename({ optimistic: () => ({ global: { current_user: () => "x" } }) });

  const ping = usePing();
  void ping().then((pong: string) => pong.length);

  void getMizan()
    .call(rename, { user_id: 1, name: "x" })
    .then((result: Profile) => result);
  // @ts-expect-error an argument of another type
  void getMizan().call(rename, { user_id: 1, name: 2 });
  void getMizan()
    .read(userContext, { user_id: 1 })
    .then(({ user_orders }) => user_orders.map((order: string) => order));
  // @ts-expect-error a context without its parameter
  void getMizan().read(userContext, {});
  return [profile, renaming.data?.name, renaming.error?.code];
}
