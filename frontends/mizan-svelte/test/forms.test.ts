/** Forms. */

import { closeWindow } from "mizan-fixture/dom";

import assert from "node:assert/strict";
import test, { after } from "node:test";
import { Server, type Contact } from "mizan-fixture";
import { Mizan } from "mizan-runtime";
import { flushSync, mount, unmount, type Component } from "svelte";

import type { FormState } from "../src/forms.js";

// Compiled by compile.mjs.
const path: string = "./Contact.svelte.js";
const { default: Page } = (await import(path)) as { readonly default: Component<object> };

after(closeWindow);

test("a form is filled in, checked, and sent", async () => {
  const server = new Server();
  const mizan = new Mizan({ fetch: server.fetch, tabs: false });
  const page = {} as { form: FormState<Contact, { readonly sent: boolean }> };
  const target = document.createElement("div");
  const mounted = mount(Page, { target, props: { client: mizan, page } });
  const text = (): string => {
    flushSync();
    return (target.textContent ?? "").replaceAll(/\s+/g, " ").trim();
  };
  flushSync();
  page.form.set("name", "much too long");
  assert.equal(text(), "Contact us: much too long It must have at most 10 characters.");
  page.form.set("name", "Ada");
  assert.equal((await page.form.submit()).success, false);
  assert.equal(text(), "Contact us: Ada This field is required.");
  page.form.set("email", "a@b");
  assert.deepEqual(await page.form.submit(), { success: true, data: { sent: true } });
  await unmount(mounted);
});
