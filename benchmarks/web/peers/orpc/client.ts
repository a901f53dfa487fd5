import { createORPCClient } from "@orpc/client";
import { RPCLink } from "@orpc/client/fetch";
import type { RouterClient } from "@orpc/server";
import { createTanstackQueryUtils } from "@orpc/tanstack-query";

import type { AppRouter } from "./router";

const client: RouterClient<AppRouter> = createORPCClient(new RPCLink({ url: "http://localhost/rpc" }));

export const orpc = createTanstackQueryUtils(client);
