import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createTRPCClient, httpBatchLink } from "@trpc/client";
import { createRoot } from "react-dom/client";

import { TRPCProvider } from "./client";
import { Page0 } from "./page0";
import type { AppRouter } from "./router";

const queries = new QueryClient();
const client = createTRPCClient<AppRouter>({ links: [httpBatchLink({ url: "/trpc" })] });

createRoot(document.body).render(
  <QueryClientProvider client={queries}>
    <TRPCProvider trpcClient={client} queryClient={queries}>
      <Page0 id={1} />
    </TRPCProvider>
  </QueryClientProvider>,
);
