/** Forms: what may be sent, and what a person is told while it is filled in. */

import assert from "node:assert/strict";
import test, { mock } from "node:test";

import { Mizan, type Json } from "../src/index.js";
import { check, FormModel, type Check, type FieldSpec, type Form, type Value } from "../src/forms.js";
import { upload } from "../src/uploads.js";

const file = (size: number, name = "a.PNG"): File => new File([new Uint8Array(size)], name);

/** What is said of a field, a value, and what does not pass. */
const CASES: readonly (readonly [Omit<FieldSpec, "name">, Value, Check | null])[] = [
  [{ kind: { type: "string" }, required: true }, "", "required"],
  [{ kind: { type: "string" }, required: true }, undefined, "required"],
  [{ kind: { type: "string" }, required: true }, null, "required"],
  [{ kind: { type: "string" }, required: true }, " ", null],
  [{ kind: { type: "string" }, required: true, strip: true }, " \t\x1f\x85\u3000", "required"],
  // White space of JavaScript's trim() that Python's strip() leaves.
  [{ kind: { type: "string" }, required: true, strip: true }, "\ufeff", null],
  [{ kind: { type: "string" }, required: true, strip: true }, "\u200b", null],
  [{ kind: { type: "string" }, minLength: 3 }, "", null],
  [{ kind: { type: "string" }, minLength: 3 }, "ab", "minLength"],
  [{ kind: { type: "string" }, maxLength: 2 }, "😀😀", null],
  [{ kind: { type: "string" }, maxLength: 2 }, "😀😀😀", "maxLength"],
  [{ kind: { type: "string" }, maxLength: 2, strip: true }, "  ab  ", null],
  [{ kind: { type: "string" }, patterns: ["^.+@[^@]+$"] }, "a@b", null],
  [{ kind: { type: "string" }, patterns: ["^.+@[^@]+$"] }, "a\n@b", null],
  [{ kind: { type: "string" }, patterns: ["^.+@[^@]+$"] }, "ab", "pattern"],
  [{ kind: { type: "string" } }, 5, "type"],
  [{ kind: { type: "integer" }, min: 1, max: 9 }, 0, "min"],
  [{ kind: { type: "integer" }, min: 1, max: 9 }, 10, "max"],
  [{ kind: { type: "integer" }, min: 1, max: 9 }, 9, null],
  [{ kind: { type: "integer" } }, 1.5, "type"],
  [{ kind: { type: "integer" } }, "5", "type"],
  [{ kind: { type: "integer" }, required: true }, 0, null],
  [{ kind: { type: "integer" }, step: 3, min: 1 }, 7, null],
  [{ kind: { type: "integer" }, step: 3, min: 1 }, 6, "step"],
  [{ kind: { type: "integer" }, step: 3 }, 2 ** 60, null],
  [{ kind: { type: "number" }, step: 0.1 }, 0.3, null],
  [{ kind: { type: "number" }, step: 0.1 }, 0.35, "step"],
  [{ kind: { type: "number" } }, Infinity, "type"],
  [{ kind: { type: "decimal" }, maxDigits: 4, decimalPlaces: 2 }, "12.34", null],
  [{ kind: { type: "decimal" }, maxDigits: 4, decimalPlaces: 2 }, "0012.3400", null],
  [{ kind: { type: "decimal" }, maxDigits: 4, decimalPlaces: 2 }, "123.4", "maxDigits"],
  [{ kind: { type: "decimal" }, maxDigits: 4, decimalPlaces: 2 }, "1.234", "maxDigits"],
  // What is not plain means what it means over there.
  [{ kind: { type: "decimal" }, maxDigits: 1, max: "1" }, "1e3", null],
  [{ kind: { type: "decimal" }, max: "1.5" }, "1.51", "max"],
  [{ kind: { type: "decimal" }, min: "-1" }, "-2", "min"],
  [{ kind: { type: "decimal" }, max: "1" }, "9999999999999999", null],
  [{ kind: { type: "boolean" }, required: true }, false, "required"],
  [{ kind: { type: "boolean" } }, false, null],
  [{ kind: { type: "boolean" } }, "on", "type"],
  [{ kind: { type: "enum", values: ["s", 1] } }, "s", null],
  [{ kind: { type: "enum", values: ["s", 1] } }, "1", "choice"],
  [{ kind: { type: "enum", values: ["s", 1] } }, "", null],
  [{ kind: { type: "list", item: { type: "enum", values: ["a", "b"] } }, required: true }, [], "required"],
  [{ kind: { type: "list", item: { type: "enum", values: ["a", "b"] } } }, ["a", "c"], "choice"],
  [{ kind: { type: "list", item: { type: "integer" } }, maxLength: 2 }, [1, 2, 3], "maxLength"],
  [{ kind: { type: "any" } }, { a: [1] }, null],
  [{ kind: { type: "upload", maxBytes: 10 }, required: true }, null, "required"],
  [{ kind: { type: "upload", maxBytes: 10 } }, file(11), "maxBytes"],
  [{ kind: { type: "upload", maxBytes: 10 }, extensions: ["png"] }, file(10), null],
  [{ kind: { type: "upload" }, extensions: ["jpg"] }, file(1), "extension"],
  [{ kind: { type: "upload", maxFiles: 1 } }, [file(1), file(1)], "maxFiles"],
  [{ kind: { type: "upload" } }, "a.png", "type"],
];

for (const [spec, value, expected] of CASES) {
  test(`${JSON.stringify(spec)} and ${value instanceof Blob ? "a file" : JSON.stringify(value)}: ${expected}`, () => {
    assert.equal(check({ name: "field", ...spec }, value), expected);
  });
}

interface Contact {
  readonly name: string;
  readonly email: string;
  readonly size?: "s" | "l" | null;
}

const contact: Form<Contact, { readonly sent: boolean }> = {
  name: "contact",
  title: "Contact us",
  submitLabel: "Send",
  submit: { name: "contact.submit" },
  fields: [
    { name: "name", kind: { type: "string" }, required: true, maxLength: 10, label: "Name" },
    { name: "email", kind: { type: "string" }, required: true, patterns: ["^.+@[^@]+$"], initial: "" },
    { name: "size", kind: { type: "enum", values: ["s", "l"] } },
    { name: "token", kind: { type: "string" }, disabled: true, initial: "shown" },
  ],
};

type Sent = { readonly fn: string; readonly args: { readonly [name: string]: Json } };

/** A form with a server that answers what *answer* gives. */
function filling(
  form: Form<Contact, { readonly sent: boolean }>,
  answer: (sent: Sent) => Response | Promise<Response>,
) {
  const calls: Sent[] = [];
  const fetch = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    if (String(input).endsWith("/session/")) return Response.json({ csrfToken: "c" });
    const sent = JSON.parse(String(init.body)) as Sent;
    calls.push(sent);
    return await answer(sent);
  };
  const mizan = new Mizan({ fetch, tabs: false });
  return { form: new FormModel(mizan, form), calls, mizan };
}

const taken = (): Response => Response.json({ result: { sent: true } });

test("a form begins with what its fields hold at first, and says nothing of what nobody has touched", () => {
  const { form } = filling(contact, taken);
  assert.deepEqual(form.state.data, { name: "", email: "", size: null, token: "shown" });
  assert.deepEqual(form.state.errors, {});
  assert.equal(form.state.isValid, false);
  assert.equal(form.state.schema.title, "Contact us");
  assert.equal(form.state.schema.fields.name.label, "Name");
});

test("what is wrong with a field is said when it is set, and with all of them when it is to be sent", async () => {
  const { form, calls } = filling(contact, taken);
  let told = 0;
  form.subscribe(() => told++);
  form.state.set("name", "much too long");
  assert.deepEqual(form.state.errors, { name: ["It must have at most 10 characters."] });
  assert.equal(told, 1);
  const outcome = await form.state.submit();
  assert.deepEqual(outcome, {
    success: false,
    errors: { name: ["It must have at most 10 characters."], email: ["This field is required."] },
    error: null,
  });
  assert.deepEqual(calls, []);
});

test("what is valid is sent, without what is only shown, and its answer given", async () => {
  const { form, calls } = filling(contact, taken);
  form.state.set("name", "Ada");
  form.state.set("email", "ada@example.org");
  const submitted = form.state.submit();
  assert.equal(form.state.isSubmitting, true);
  assert.deepEqual(await submitted, { success: true, data: { sent: true } });
  assert.equal(form.state.isSubmitting, false);
  assert.deepEqual(calls[0], {
    fn: "contact.submit",
    args: { data: { name: "Ada", email: "ada@example.org", size: null } },
  });
});

test("what the server finds stands at its fields until they are set again", async () => {
  const details = { "data.email": ["Taken."], __all__: ["Not today."] };
  const refuse = (): Response =>
    Response.json({ error: { code: "VALIDATION_ERROR", message: "invalid", details } }, { status: 422 });
  const { form } = filling(contact, refuse);
  form.state.set("name", "Ada");
  form.state.set("email", "ada@example.org");
  const outcome = await form.state.submit();
  assert.equal(outcome.success, false);
  assert.deepEqual(form.state.errors, { email: ["Taken."], __all__: ["Not today."] });
  assert.equal(form.state.error, null);
  form.state.set("email", "a@example.org");
  assert.deepEqual(form.state.errors, {});
});

test("another refusal is the form's own error", async () => {
  const refuse = (): Response => Response.json({ error: { code: "FORBIDDEN", message: "no" } }, { status: 403 });
  const { form } = filling(contact, refuse);
  form.state.set("name", "Ada");
  form.state.set("email", "ada@example.org");
  const outcome = await form.state.submit();
  assert.equal(!outcome.success && outcome.error?.code, "FORBIDDEN");
  assert.equal(form.state.error?.code, "FORBIDDEN");
});

test("the server is asked about what has changed, after a pause, and an old answer is none", async (t) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  t.after(() => mock.timers.reset());
  const answers: ((errors: object) => void)[] = [];
  const { form, calls } = filling(
    { ...contact, validate: { name: "contact.validate" } },
    (sent) =>
      new Promise((resolve) =>
        answers.push((errors) => resolve(Response.json({ result: { errors, seq: sent.args["seq"] } }))),
      ),
  );
  const rest = async (): Promise<void> => {
    for (let turn = 0; turn < 10; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
  };
  form.state.set("email", "a");
  form.state.set("email", "a@b");
  mock.timers.tick(299);
  await rest();
  assert.equal(calls.length, 0);
  mock.timers.tick(1);
  await rest();
  assert.deepEqual(calls[0]?.args["fields"], ["email"]);
  form.state.set("email", "c@d");
  answers[0]?.({ email: ["Taken."] });
  await rest();
  assert.deepEqual(form.state.errors, {});
  mock.timers.tick(300);
  await rest();
  answers[1]?.({ email: ["Taken, too."] });
  await rest();
  assert.deepEqual(form.state.errors, { email: ["Taken, too."] });
  // What is wrong already nobody asks about.
  form.state.set("email", "x");
  mock.timers.tick(300);
  await rest();
  assert.equal(calls.length, 2);
});

test("a form is as the server says to whoever asks, and what nobody has touched begins with that", async () => {
  const said = {
    title: "Kontakt",
    submit_label: "Senden",
    multiple: null,
    forms: null,
    fields: [
      {
        name: "size",
        label: "Größe",
        help_text: "",
        required: true,
        disabled: false,
        initial: "l",
        choices: [{ value: "l", label: "Large", group: null }],
        widget: { type: "Select", input_type: null, attrs: {} },
      },
    ],
  };
  let isKnown = true;
  const fetch = async (): Promise<Response> =>
    isKnown
      ? Response.json({ "contact.schema": said })
      : Response.json({ error: { code: "UNAUTHORIZED", message: "nobody" } }, { status: 401 });
  const mizan = new Mizan({ fetch, tabs: false });
  const context = { name: "contact-form", slots: { "contact.schema": [] } };
  const form = new FormModel(mizan, { ...contact, schema: [context, "contact.schema"] });
  const stop = form.subscribe(() => undefined);
  await mizan.idle();
  assert.equal(form.state.schema.title, "Kontakt");
  assert.deepEqual(form.state.schema.fields.size.choices, [{ value: "l", label: "Large" }]);
  assert.equal(form.state.data.size, "l");

  // After a reset nothing of that is left but what was typed.
  form.state.set("email", "a@b");
  isKnown = false;
  mizan.reset();
  assert.equal(form.state.schema.title, "Contact us");
  await mizan.idle();
  assert.equal(form.state.schema.title, "Contact us");
  assert.deepEqual([form.state.data.email, form.state.data.size], ["a@b", null]);
  stop();
});

test("nobody is asked about a form that is gone", async (t) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  t.after(() => mock.timers.reset());
  const { form, calls } = filling({ ...contact, validate: { name: "contact.validate" } }, () => Response.json({}));
  const leave = form.subscribe(() => undefined);
  form.state.set("email", "a@b");
  leave();
  mock.timers.tick(300);
  for (let turn = 0; turn < 10; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
  assert.deepEqual(calls, []);
});

test("a list of forms has its errors by place", async () => {
  const { form, calls } = filling({ ...contact, many: { min: 1 } }, taken);
  form.state.add();
  form.state.set("name", "Ada", 0);
  form.state.set("email", "a@b", 0);
  form.state.set("name", "Grace", 1);
  await form.state.submit();
  assert.deepEqual(form.state.errors, { "1.email": ["This field is required."] });
  form.state.remove(1);
  assert.equal((await form.state.submit()).success, true);
  assert.deepEqual(calls[0]?.args["data"], [{ name: "Ada", email: "a@b", size: null }]);
});

test("files go as parts of their own, under their paths, behind the arguments", async () => {
  const sent: { url: string; init: RequestInit }[] = [];
  const fetch = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    if (String(input).endsWith("/session/")) return Response.json({ csrfToken: "c" });
    sent.push({ url: String(input), init });
    return Response.json({ result: null });
  };
  const mizan = new Mizan({ fetch, tabs: false });
  const [image, one, two] = [file(3, "i.png"), file(1, "1.txt"), file(2, "2.txt")];
  await mizan.call({ name: "set_picture", uploads: upload }, { id: 7, image, docs: [one, two], data: { photo: one } });
  const [{ url, init }] = sent as [{ url: string; init: RequestInit }];
  assert.equal(url, "/api/mizan/call/set_picture/");
  const headers = new Headers(init.headers);
  assert.equal(headers.get("X-Mizan-Call"), "1");
  assert.equal(headers.get("X-CSRFToken"), "c");
  assert.equal(headers.get("Content-Type"), null);
  const parts = [...(init.body as FormData)];
  assert.deepEqual(
    parts.map(([name]) => name),
    ["args", "image", "docs.0", "docs.1", "data.photo"],
  );
  assert.equal(parts[0]?.[1], '{"id":7}');
  assert.equal((parts[3]?.[1] as File).size, 2);
});
