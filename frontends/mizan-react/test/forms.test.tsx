/** Forms as hooks. */

import { closeWindow } from "mizan-fixture/dom";

import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import assert from "node:assert/strict";
import test, { after } from "node:test";
import { contactForm, Server } from "mizan-fixture";
import { Mizan } from "mizan-runtime";
import { StrictMode, useState, type ReactElement } from "react";

import { MizanContext } from "../src/index.js";
import { useForm } from "../src/forms.js";

after(closeWindow);

function Contact(): ReactElement {
  const form = useForm(contactForm);
  const [sent, setSent] = useState(false);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void form.submit().then((outcome) => setSent(outcome.success && outcome.data.sent));
      }}
    >
      <h1>{form.schema.title}</h1>
      <input
        aria-label={form.schema.fields.name.label}
        value={form.data.name ?? ""}
        onChange={({ target }) => form.set("name", target.value)}
      />
      <input
        aria-label={form.schema.fields.email.label}
        value={form.data.email ?? ""}
        onChange={({ target }) => form.set("email", target.value)}
      />
      <output>{Object.values(form.errors).flat().join(" ")}</output>
      <button disabled={form.isSubmitting}>{sent ? "Sent" : form.schema.submit_label}</button>
    </form>
  );
}

test("a form is filled in, checked, and sent", async () => {
  const server = new Server();
  const mizan = new Mizan({ fetch: server.fetch, tabs: false });
  const { container } = render(
    <StrictMode>
      <MizanContext client={mizan}>
        <Contact />
      </MizanContext>
    </StrictMode>,
  );
  try {
    const shown = (): string | null => container.querySelector("output")?.textContent ?? null;
    fireEvent.change(screen.getByLabelText("Name"), { target: { value: "much too long" } });
    assert.equal(shown(), "It must have at most 10 characters.");
    fireEvent.change(screen.getByLabelText("Name"), { target: { value: "Ada" } });
    fireEvent.click(screen.getByText("Send"));
    await act(() => mizan.idle());
    assert.equal(shown(), "This field is required.");
    assert.deepEqual(server.requests, []);
    fireEvent.change(screen.getByLabelText("Email"), { target: { value: "ada@example.org" } });
    fireEvent.click(screen.getByText("Send"));
    await act(() => mizan.idle());
    assert.ok(await screen.findByText("Sent"));
  } finally {
    cleanup();
  }
});
