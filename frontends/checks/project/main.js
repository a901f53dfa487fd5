import { MizanContext, bindContext, useSlot } from "mizan-react";
import { configureMizan, MizanError } from "mizan-runtime";
import * as svelte from "mizan-svelte";
import * as vue from "mizan-vue";
import { createElement } from "react";
import { createRoot } from "react-dom/client";

import { MizanContext as Shop, useCurrentUser } from "./src/api";

const user = bindContext({ name: "user", slots: { name: [] } });
const Page = () => createElement("b", null, "the page of all packages", useSlot(user, "name", {}));

configureMizan({ baseUrl: "/api/mizan" });
const Visitor = () => createElement("i", null, useCurrentUser()?.name);
const pages = [
  createElement(MizanContext, null, createElement(Page)),
  createElement(Shop, null, createElement(Visitor)),
];
createRoot(document.body).render(createElement("main", null, ...pages));
console.log(MizanError, svelte.useSlot, svelte.setMizan, vue.useSlot, vue.createMizanPlugin);
if (import.meta.env.DEV) import("mizan-devtools").then(({ embedDevtools }) => embedDevtools());
