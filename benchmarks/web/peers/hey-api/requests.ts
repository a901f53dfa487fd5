import { MutationObserver, QueryClient } from "@tanstack/react-query";

import {
  orders0Options,
  orders0QueryKey,
  orders1Options,
  orders2Options,
  summary0Options,
  summary0QueryKey,
  update0Mutation,
} from "./client/@tanstack/react-query.gen";
import { client } from "./client/client.gen";
import type { Scenario } from "./scenario";
import { Watched } from "./watched";

export const scenario: Scenario = async (url, count) => {
  client.setConfig({ baseUrl: url, fetch: count });
  const user = { query: { user_id: 1 } };
  const queries = new QueryClient();
  const watched = new Watched(queries, [
    summary0Options(user),
    ...[orders0Options, orders1Options, orders2Options].map((options) => options(user)),
  ]);
  const update = new MutationObserver(queries, {
    ...update0Mutation(),
    onSuccess: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: orders0QueryKey(user) }),
        queries.invalidateQueries({ queryKey: summary0QueryKey(user) }),
      ]),
  });
  return {
    loaded: () => watched.loaded(),
    mutate: async () => void (await update.mutate({ body: { user_id: 1, note: "new" } })),
  };
};
