/** A form of the server, filled in on the page. */

import assert from "node:assert/strict";
import { it } from "node:test";

import type { Visiting } from "./browser.test.js";

export function questions(visiting: Visiting): void {
  it("asks for what the form wants, says what is wrong before anything is sent, and is answered", () =>
    visiting(async (tab, { proxy }) => {
      const { page } = tab;
      await tab.card("Assam tea").waitFor();
      await tab.rest();
      proxy.forget();
      await tab.reading("question-form", () => page.getByText("Ask the shop").click());
      await page.getByLabel("Your question").waitFor();
      assert.deepEqual(proxy.asked, ["GET ctx/question-form/"]);
      const send = page.getByRole("button", { name: "Send" });
      await send.click();
      assert.equal(await page.getByText("This field is required.").count(), 3);
      await page.getByLabel("Your name").fill("Ada");
      await page.getByLabel("What is it about?").selectOption("Order");
      await page.getByLabel("Your question").fill("Where is my tea?");
      await page.getByLabel("Your email address").fill("ada");
      // The server is asked about what the page cannot know.
      await page.getByText("Enter a valid email address.").waitFor();
      await page.getByLabel("Your email address").fill("ada@example.org");
      await send.click();
      await page.getByText("Thank you. We answer to ada@example.org.").waitFor();
      assert.equal(await page.getByLabel("Your question").inputValue(), "");
      const [submitted] = proxy.asked.slice(-1);
      assert.equal(submitted, "POST question.submit");
      assert.equal(proxy.asked.filter((name) => name === "POST question.submit").length, 1, proxy.asked.join("\n"));
    }));
}
