import { callUpdate0, configureMizan, shop0Context, shop1Context, shop2Context } from "./client";
import type { Scenario } from "./scenario";

export const scenario: Scenario = async (url, count) => {
  const client = configureMizan({ baseUrl: `${url}/api/mizan`, fetch: count, tabs: false });
  const user = { user_id: 1 };
  const shown = [shop0Context, shop1Context, shop2Context].map((context) => client.entry(context, user));
  for (const entry of shown) entry.subscribe(() => undefined);
  return {
    loaded: async () => {
      await client.idle();
      for (const { isStale, error } of shown) if (isStale || error !== null) throw new Error(`Stale: ${String(error)}`);
    },
    mutate: async () => {
      await callUpdate0({ ...user, note: "new" });
      await client.idle();
    },
  };
};
