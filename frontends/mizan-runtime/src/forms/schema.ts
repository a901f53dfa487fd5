/** A form as it is shown: what generated code says, with what the server says to whoever asks (`NAME.schema`). */

import type { Json } from "../wire.js";
import type { Choice, FieldSpec, Form } from "./spec.js";

export interface FormSchema<D extends object = object> {
  readonly title: string;
  readonly submit_label: string;
  readonly fields: { readonly [name in keyof D]-?: FieldSpec };
}

/** What the server says of a form: docs/protocol.md section 11, `NAME.schema`. */
interface Said {
  readonly title: string | null;
  readonly submit_label: string | null;
  readonly fields: readonly SaidField[];
  readonly forms: readonly { readonly [name: string]: Json }[] | null;
}

interface SaidField {
  readonly name: string;
  readonly label: string;
  readonly help_text: string;
  readonly required: boolean;
  readonly disabled: boolean;
  readonly initial: Json;
  readonly choices: readonly { readonly value: Json; readonly label: string; readonly group: string | null }[] | null;
}

/** *form* as generated, and as *said* where that is there. */
export function schemaOf<D extends object>(form: Form<D>, said: Json | undefined): FormSchema<D> {
  const answer = said as unknown as Said | undefined;
  const own = new Map(answer?.fields.map((field) => [field.name, field]));
  const fields = form.fields.map((spec) => [spec.name, fieldOf(spec, own.get(spec.name))] as const);
  return {
    title: answer?.title ?? form.title ?? "",
    submit_label: answer?.submit_label ?? form.submitLabel ?? "",
    fields: Object.fromEntries(fields) as FormSchema<D>["fields"],
  };
}

/** The initial values of each form, where *said* has them. */
export function rowsOf(said: Json | undefined): readonly { readonly [name: string]: Json }[] | null {
  return (said as unknown as Said | undefined)?.forms ?? null;
}

function fieldOf(spec: FieldSpec, said: SaidField | undefined): FieldSpec {
  if (said === undefined) return spec;
  const { label, help_text: help, required, disabled, initial, choices } = said;
  const shown = choices?.map(choiceOf);
  return { ...spec, label, help, required, disabled, initial, ...(shown === undefined ? {} : { choices: shown }) };
}

function choiceOf({ value, label, group }: { value: Json; label: string; group: string | null }): Choice {
  return { value, label, ...(group === null ? {} : { group }) };
}
