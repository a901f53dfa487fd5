import { createTRPCClient, httpBatchLink } from "@trpc/client";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { createTRPCOptionsProxy } from "@trpc/tanstack-react-query";
import { MutationObserver, QueryClient } from "@tanstack/react-query";

import { appRouter, type AppRouter } from "./router";
import type { Scenario } from "./scenario";
import { Watched } from "./watched";

export const scenario: Scenario = async (url, count) => {
  const answer: typeof fetch = async (input, init) => {
    await count(input, init);
    return fetchRequestHandler({ endpoint: "/trpc", req: new Request(input as string, init), router: appRouter });
  };
  const client = createTRPCClient<AppRouter>({
    links: [httpBatchLink({ url: `${url}/trpc`, fetch: answer as never })],
  });
  const user = { user_id: 1 };
  const queryClient = new QueryClient();
  const { shop0, shop1, shop2 } = createTRPCOptionsProxy<AppRouter>({ client, queryClient });
  const watched = new Watched(queryClient, [
    shop0.summary.queryOptions(user),
    ...[shop0, shop1, shop2].map(({ orders }) => orders.queryOptions(user)),
  ]);
  const update = new MutationObserver(
    queryClient,
    shop0.update.mutationOptions({
      onSuccess: () =>
        Promise.all([
          queryClient.invalidateQueries(shop0.orders.queryFilter(user)),
          queryClient.invalidateQueries(shop0.summary.queryFilter(user)),
        ]),
    }),
  );
  return { loaded: () => watched.loaded(), mutate: async () => void (await update.mutate({ ...user, note: "new" })) };
};
