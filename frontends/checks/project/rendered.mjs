import { bindContext, MizanContext, useSlot } from "mizan-react";
import { getMizanHydration } from "mizan-react/server";
import { Mizan } from "mizan-runtime";
import { createElement } from "react";
import { renderToString } from "react-dom/server";

const context = { name: "user", slots: { name: [] } };
const user = bindContext(context);
const Page = () => createElement("b", null, useSlot(user, "name", {}));

const client = new Mizan({ baseUrl: "http://server/api/mizan", fetch: async () => new Response('{"name":"Ada"}') });
await getMizanHydration(client, [[context, {}]]);
console.log(renderToString(createElement(MizanContext, { client }, createElement(Page))));
client.close();
