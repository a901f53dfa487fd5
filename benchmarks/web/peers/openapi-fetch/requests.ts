import createFetchClient from "openapi-fetch";
import createClient from "openapi-react-query";
import { MutationObserver, QueryClient } from "@tanstack/react-query";

import type { paths } from "./client/schema";
import type { Scenario } from "./scenario";
import { Watched } from "./watched";

export const scenario: Scenario = async (url, count) => {
  const fetching = createFetchClient<paths>({ baseUrl: url, fetch: count });
  const api = createClient(fetching);
  const params = { query: { user_id: 1 } };
  const [orders, summary] = [
    api.queryOptions("get", "/orders_0", { params }),
    api.queryOptions("get", "/summary_0", { params }),
  ];
  const queries = new QueryClient();
  const watched = new Watched(queries, [
    summary,
    orders,
    api.queryOptions("get", "/orders_1", { params }),
    api.queryOptions("get", "/orders_2", { params }),
  ]);
  const update = new MutationObserver(queries, {
    mutationFn: (body: { user_id: number; note: string }) => fetching.POST("/update_0", { body }),
    onSuccess: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: orders.queryKey }),
        queries.invalidateQueries({ queryKey: summary.queryKey }),
      ]),
  });
  return {
    loaded: () => watched.loaded(),
    mutate: async () => void (await update.mutate({ user_id: 1, note: "new" })),
  };
};
