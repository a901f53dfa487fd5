import { hydrateRoot } from "react-dom/client";

import { MizanContext } from "../../src/mizan";
import { Page } from "./page";

const errors: string[] = [];
Object.assign(window, { errors });

hydrateRoot(
  document,
  <MizanContext>
    <Page />
  </MizanContext>,
  { onRecoverableError: (error) => errors.push(String(error)) },
);
