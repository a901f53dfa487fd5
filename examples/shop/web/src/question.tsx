import { useId, useState, type FormEvent, type ReactElement } from "react";

import { questionForm, useQuestionForm, type QuestionInput } from "./mizan";

/** Open to everybody. The form is there, and asks for what it is today, when somebody wants it. */
export function Question(): ReactElement {
  const [isOpen, setOpen] = useState(false);
  return (
    <details className="card" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{questionForm.title}</summary>
      {isOpen && <Ask />}
    </details>
  );
}

function Ask(): ReactElement {
  const form = useQuestionForm();
  const [answered, setAnswered] = useState<string | null>(null);

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setAnswered(null);
    const outcome = await form.submit();
    if (!outcome.success) return;
    setAnswered(outcome.data.email);
    form.reset();
  };
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      {NAMES.map((name) => (
        <Field key={name} name={name} form={form} />
      ))}
      <button type="submit" className="main" disabled={form.isSubmitting}>
        {form.schema.submit_label}
      </button>
      {form.error !== null && <p role="alert">{form.error.message}</p>}
      {answered !== null && <p role="status">Thank you. We answer to {answered}.</p>}
    </form>
  );
}

const NAMES = ["name", "email", "about", "text"] as const satisfies readonly (keyof QuestionInput)[];

interface FieldProps {
  readonly name: (typeof NAMES)[number];
  readonly form: ReturnType<typeof useQuestionForm>;
}

/** A field as its schema describes it, and what is wrong with it. */
function Field({ name, form }: FieldProps): ReactElement {
  const id = useId();
  const { label, help, choices, required = false } = form.schema.fields[name];
  const errors = form.errors[name] ?? [];
  const shared = {
    id,
    required,
    value: form.data[name] ?? "",
    "aria-invalid": errors.length > 0,
    "aria-describedby": `${id}-more`,
    onChange: ({ target }: { readonly target: { readonly value: string } }) => form.set(name, target.value),
  };
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {choices !== undefined && (
        <select {...shared}>
          {choices.map(({ value, label }) => (
            <option key={String(value)} value={String(value)}>
              {label}
            </option>
          ))}
        </select>
      )}
      {choices === undefined && (name === "text" ? <textarea {...shared} rows={4} /> : <input {...shared} />)}
      <div id={`${id}-more`}>
        {help !== undefined && <p className="muted">{help}</p>}
        {errors.map((error) => (
          <p key={error} role="alert">
            {error}
          </p>
        ))}
      </div>
    </div>
  );
}
