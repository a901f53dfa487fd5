import { hydrateRoot } from "react-dom/client";

import { MizanContext } from "../../src/mizan";
import { Page, Parts } from "./page";

const errors: string[] = [];
Object.assign(window, { errors });

const root = document.getElementById("root");
hydrateRoot(root ?? document, <MizanContext>{root === null ? <Page /> : <Parts />}</MizanContext>, {
  onRecoverableError: (error) => errors.push(String(error)),
});
