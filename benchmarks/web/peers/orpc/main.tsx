import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createRoot } from "react-dom/client";

import { Page0 } from "./page0";

createRoot(document.body).render(
  <QueryClientProvider client={new QueryClient()}>
    <Page0 id={1} />
  </QueryClientProvider>,
);
