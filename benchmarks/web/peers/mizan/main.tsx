import { Suspense } from "react";
import { createRoot } from "react-dom/client";

import { MizanContext } from "./client";
import { Page0 } from "./page0";

createRoot(document.body).render(
  <MizanContext>
    <Suspense>
      <Page0 id={1} />
    </Suspense>
  </MizanContext>,
);
