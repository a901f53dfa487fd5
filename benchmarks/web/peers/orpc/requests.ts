import { createORPCClient } from "@orpc/client";
import { RPCLink } from "@orpc/client/fetch";
import { BatchLinkPlugin } from "@orpc/client/plugins";
import type { RouterClient } from "@orpc/server";
import { RPCHandler } from "@orpc/server/fetch";
import { BatchHandlerPlugin } from "@orpc/server/plugins";
import { createTanstackQueryUtils } from "@orpc/tanstack-query";
import { MutationObserver, QueryClient } from "@tanstack/react-query";

import { router, type AppRouter } from "./router";
import type { Scenario } from "./scenario";
import { Watched } from "./watched";

export const scenario: Scenario = async (url, count) => {
  const handler = new RPCHandler(router, { plugins: [new BatchHandlerPlugin()] });
  const link = new RPCLink({
    url: `${url}/rpc`,
    plugins: [new BatchLinkPlugin({ groups: [{ condition: () => true, context: {} }] })],
    fetch: async (request, init) => {
      const asked = new Request(request, init as RequestInit);
      await count(asked.url);
      const { response } = await handler.handle(asked, { prefix: "/rpc" });
      return response ?? new Response(null, { status: 404 });
    },
  });
  const client: RouterClient<AppRouter> = createORPCClient(link);
  const { shop0, shop1, shop2 } = createTanstackQueryUtils(client);
  const input = { user_id: 1 };
  const queries = new QueryClient();
  const watched = new Watched(queries, [
    shop0.summary.queryOptions({ input }),
    ...[shop0, shop1, shop2].map(({ orders }) => orders.queryOptions({ input })),
  ]);
  const update = new MutationObserver(
    queries,
    shop0.update.mutationOptions({
      onSuccess: () =>
        Promise.all([
          queries.invalidateQueries({ queryKey: shop0.orders.key({ input }) }),
          queries.invalidateQueries({ queryKey: shop0.summary.key({ input }) }),
        ]),
    }),
  );
  return { loaded: () => watched.loaded(), mutate: async () => void (await update.mutate({ ...input, note: "new" })) };
};
