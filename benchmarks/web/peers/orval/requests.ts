import { MutationObserver, QueryClient } from "@tanstack/react-query";

import {
  getOrders0QueryKey,
  getOrders0QueryOptions,
  getOrders1QueryOptions,
  getOrders2QueryOptions,
  getSummary0QueryKey,
  getSummary0QueryOptions,
  getUpdate0MutationOptions,
} from "./client";
import type { Scenario } from "./scenario";
import { Watched } from "./watched";

export const scenario: Scenario = async (url, count) => {
  // What is generated asks this origin by paths, with the page's own fetch.
  globalThis.fetch = (path, init) => count(new URL(path as string, url), init);
  const user = { user_id: 1 };
  const queries = new QueryClient();
  const watched = new Watched(queries, [
    getSummary0QueryOptions(user),
    ...[getOrders0QueryOptions, getOrders1QueryOptions, getOrders2QueryOptions].map((options) => options(user)),
  ]);
  const update = new MutationObserver(
    queries,
    getUpdate0MutationOptions({
      mutation: {
        onSuccess: () =>
          Promise.all([
            queries.invalidateQueries({ queryKey: getOrders0QueryKey(user) }),
            queries.invalidateQueries({ queryKey: getSummary0QueryKey(user) }),
          ]),
      },
    }),
  );
  return {
    loaded: () => watched.loaded(),
    mutate: async () => void (await update.mutate({ data: { ...user, note: "new" } })),
  };
};
