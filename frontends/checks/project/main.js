import { MizanContext, bindContext, useSlot } from "mizan-react";
import { configureMizan, MizanError } from "mizan-runtime";
import * as svelte from "mizan-svelte";
import * as vue from "mizan-vue";
import { createElement } from "react";
import { createRoot } from "react-dom/client";

const user = bindContext({ name: "user", slots: { name: [] } });
const Page = () => createElement("b", null, "the page of all packages", useSlot(user, "name", {}));

configureMizan({ baseUrl: "/api/mizan" });
createRoot(document.body).render(createElement(MizanContext, null, createElement(Page)));
console.log(MizanError, svelte.useSlot, svelte.setMizan, vue.useSlot, vue.createMizanPlugin);
if (import.meta.env.DEV) import("mizan-devtools").then(({ embedDevtools }) => embedDevtools());
