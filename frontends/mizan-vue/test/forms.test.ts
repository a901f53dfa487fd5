/** Forms. */

import { closeWindow } from "mizan-fixture/dom";

import assert from "node:assert/strict";
import test, { after } from "node:test";
import { contactForm, Server } from "mizan-fixture";
import { Mizan } from "mizan-runtime";
import { createApp, defineComponent, nextTick } from "vue";

import { createMizanPlugin } from "../src/index.js";
import { useForm, type FormState } from "../src/forms.js";

after(closeWindow);

test("a form is filled in, checked, and sent", async () => {
  const server = new Server();
  const mizan = new Mizan({ fetch: server.fetch, tabs: false });
  let form = null as unknown as FormState<{ name: string; email: string }, { sent: boolean }>;
  const Contact = defineComponent(() => {
    form = useForm(contactForm);
    return () => `${form.schema.title}: ${form.data.name} ${Object.values(form.errors).flat().join(" ")}`;
  });
  const app = createApp(Contact).use(createMizanPlugin({ client: mizan }));
  const place = document.createElement("div");
  app.mount(place);
  form.set("name", "much too long");
  await nextTick();
  assert.equal(place.textContent, "Contact us: much too long It must have at most 10 characters.");
  form.set("name", "Ada");
  assert.equal((await form.submit()).success, false);
  await nextTick();
  assert.equal(place.textContent, "Contact us: Ada This field is required.");
  form.set("email", "a@b");
  assert.deepEqual(await form.submit(), { success: true, data: { sent: true } });
  app.unmount();
});
