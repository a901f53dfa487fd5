/** What is no JSON: a picture that somebody sends, an address that shows it, a page to print. */

import assert from "node:assert/strict";
import { it } from "node:test";
import { crc32, deflateSync } from "node:zlib";

import type { Visiting } from "./browser.test.js";
import type { Tab } from "./visit.js";

const PRODUCT = "Gyokuro tea";

export function files(visiting: Visiting): void {
  it("shows a picture that staff send, with how much of it is sent, and to whoever looks at the shelves by other means", () =>
    visiting(async (tab, { open, proxy }) => {
      await tab.logIn("grace");
      const other = await open();
      await look(other, "/vue/");
      const first = await shown(tab, proxy.hold(/^POST call\/set_picture/), picture(3, 600_000));
      assert.deepEqual(await widths([tab, other]), [3, 3]);
      await look(other, "/svelte/");
      const second = await shown(tab, proxy.hold(/^POST call\/set_picture/), picture(5, 600_000));
      assert.deepEqual(await widths([tab, other]), [5, 5]);
      assert.notEqual(first, second);
      proxy.forget();
      await choose(tab, Buffer.from("tea"));
      await tab.card(PRODUCT).getByText("A PNG, JPEG or GIF picture is needed.").waitFor();
      assert.equal(await address(tab), second);
      assert.deepEqual(proxy.asked, ["POST call/set_picture/"]);
    }));

  it("has a receipt of each order, and none of one that the shop has not taken yet", () =>
    visiting(async (tab, { context, proxy }) => {
      await tab.logIn("bea");
      const receipts = tab.orders.getByRole("link", { name: "Receipt" });
      const before = await receipts.count();
      const call = proxy.hold(/^POST place_order/);
      await tab.add("Assam tea");
      await tab.order();
      await call.arrived;
      assert.equal(await receipts.count(), before);
      call.release();
      await tab.rest();
      assert.equal(await receipts.count(), before + 1);
      const [receipt] = await Promise.all([context.waitForEvent("page"), receipts.first().click()]);
      await receipt.getByRole("cell", { name: "Assam tea" }).waitFor();
    }));
}

/** Go on to another of the shop's pages. */
async function look(tab: Tab, path: string): Promise<void> {
  await tab.page.goto(path);
  await tab.card(PRODUCT).waitFor();
  await tab.rest();
}

/** Sends a picture; gives the address that it is shown at when it has arrived. */
async function shown(tab: Tab, held: { arrived: Promise<void>; release(): void }, image: Buffer): Promise<string> {
  const progress = tab.page.getByRole("progressbar", { name: `Sending the picture of ${PRODUCT}` });
  const old = await tab.card(PRODUCT).locator(".picture").getAttribute("src");
  await choose(tab, image);
  await held.arrived;
  await tab.page.waitForFunction("document.querySelector('progress')?.value === 1");
  assert.equal(await address(tab), old);
  held.release();
  await progress.waitFor({ state: "detached" });
  await tab.rest();
  return (await address(tab)) ?? "";
}

async function choose(tab: Tab, content: Buffer): Promise<void> {
  const file = { name: "tea.png", mimeType: "image/png", buffer: content };
  await tab.page.getByLabel(`Another picture of ${PRODUCT}`).setInputFiles(file);
}

function address(tab: Tab): Promise<string | null> {
  return tab.card(PRODUCT).locator(".picture").getAttribute("src");
}

/** How wide the pictures are that the tabs show, when they have come. */
function widths(tabs: readonly Tab[]): Promise<number[]> {
  return Promise.all(
    tabs.map(async (tab) => {
      await tab.rest();
      const image = tab.card(PRODUCT).getByRole("img", { name: `Picture of ${PRODUCT}` });
      return image.evaluate(async (element) => {
        const image = element as HTMLImageElement;
        await image.decode();
        return image.naturalWidth;
      });
    }),
  );
}

/** A PNG, so many pixels wide and so many bytes long. */
function picture(width: number, bytes: number): Buffer {
  const size = Buffer.alloc(13);
  size.writeUInt32BE(width, 0);
  size.writeUInt32BE(1, 4);
  size.set([8, 0], 8); // grey, a byte for each pixel
  const line = deflateSync(Buffer.alloc(width + 1, 0x7f).fill(0, 0, 1));
  const parts = [chunk("IHDR", size), chunk("teAp", Buffer.alloc(bytes)), chunk("IDAT", line), chunk("IEND")];
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), ...parts]);
}

function chunk(type: string, content = Buffer.alloc(0)): Buffer {
  const named = Buffer.concat([Buffer.from(type, "latin1"), content]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(content.length, 0);
  frame.writeUInt32BE(crc32(named), 4);
  return Buffer.concat([frame.subarray(0, 4), named, frame.subarray(4)]);
}
