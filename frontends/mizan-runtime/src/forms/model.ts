/** A form that is being filled in: what its fields hold, what is wrong with that, and its submission. */

import type { ServerFunction } from "../descriptors.js";
import { MizanError } from "../errors.js";
import type { Mizan } from "../mizan.js";
import { isList, type Json, type Params } from "../wire.js";
import { check, type Value } from "./check.js";
import { messageOf, type Messages } from "./messages.js";
import { rowsOf, schemaOf, type FormSchema } from "./schema.js";
import type { FieldSpec, Form, Kind } from "./spec.js";

/** What the fields of a form hold: `""` and null where there is nothing. */
export type Values<D extends object> = { readonly [name in keyof D]-?: Exclude<D[name], undefined> | null };

/** Messages by field; those of the whole form under `__all__`. In a list of forms `2.` stands before those of the third. */
export type FormErrors = { readonly [field: string]: readonly string[] };

export type Submission<R> =
  | { readonly success: true; readonly data: R }
  /** *error* is what the server has answered; null when nothing was sent. */
  | { readonly success: false; readonly errors: FormErrors; readonly error: MizanError | null };

export interface FormOptions<D extends object, A extends object = object> {
  /** What the fields hold at first. */
  readonly initial?: Partial<D>;
  /** What the form's functions take beside the data. */
  readonly args?: A;
  /** Words for what is wrong, where the package's own will not do. */
  readonly messages?: Messages;
  /** Milliseconds without a change after which the server is asked about what has changed, where it lets itself be asked. */
  readonly pause?: number;
  /** How much of the files of a submission has been sent, in bytes. */
  readonly onProgress?: (sent: number, total: number) => void;
}

/** What a component knows of a form. */
export interface FormState<D extends object, R> {
  readonly schema: FormSchema<D>;
  /** Of a list of forms those of the first. */
  readonly data: Values<D>;
  readonly rows: readonly Values<D>[];
  /** Of the fields that were set, and after a submission of all. */
  readonly errors: FormErrors;
  /** Whether what the fields hold could be sent. */
  readonly isValid: boolean;
  readonly isSubmitting: boolean;
  /** What the server has answered to the last submission, except what is wrong with fields; null when that was well. */
  readonly error: MizanError | null;
  set<K extends keyof D & string>(name: K, value: Values<D>[K], row?: number): void;
  /** Check all fields here. */
  validate(): boolean;
  submit(): Promise<Submission<R>>;
  /** Begin anew. */
  reset(): void;
  /** Another form behind the others of a list, or one of them away. */
  add(): void;
  remove(row: number): void;
}

type Row = { readonly [name: string]: Value };

const WHOLE = "__all__";

export class FormModel<D extends object, R, A extends object = object> {
  options: FormOptions<D, A>;
  readonly #mizan: Mizan;
  readonly #form: Form<D, R, A>;
  readonly #listeners = new Set<() => void>();
  #rows: readonly Row[];
  /** The fields that were set, as paths. */
  #touched: ReadonlySet<string> = new Set();
  /** What the server has found, of what has not changed since. */
  #found: FormErrors = {};
  #isChecked = false;
  #submitting = 0;
  #error: MizanError | null = null;
  #said: Json | undefined;
  #seq = 0;
  #unasked: ReadonlySet<string> = new Set();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #state: FormState<D, R> | null = null;

  constructor(mizan: Mizan, form: Form<D, R, A>, options: FormOptions<D, A> = {}) {
    this.#mizan = mizan;
    this.#form = form;
    this.options = options;
    this.#rows = this.#initial();
  }

  /** The same object until something changes. */
  get state(): FormState<D, R> {
    const rows = this.#rows as readonly Values<D>[];
    this.#state ??= {
      schema: this.#schema(),
      data: (rows[0] ?? this.#empty()) as Values<D>,
      rows,
      errors: this.#shown(),
      isValid: Object.keys(this.#wrong()).length === 0,
      isSubmitting: this.#submitting > 0,
      error: this.#error,
      set: (name, value, row = 0) => this.#set(name, value as Value, row),
      validate: () => this.#validate(),
      submit: () => this.#submit(),
      reset: () => this.#reset(),
      add: () => this.#change(() => (this.#rows = [...this.#rows, this.#empty()])),
      remove: (row) => this.#remove(row),
    };
    return this.#state;
  }

  /** Hear of every change, until what this gives is called. */
  subscribe(listener: () => void): () => void {
    const own = (): void => listener();
    this.#listeners.add(own);
    const leave = this.#listen();
    return () => {
      leave();
      this.#listeners.delete(own);
      if (this.#listeners.size === 0) clearTimeout(this.#timer);
    };
  }

  /** Hear what is said of the form to whoever asks. */
  #listen(): () => void {
    const { schema } = this.#form;
    if (schema === undefined) return () => undefined;
    const [context, slot] = schema;
    const entry = this.#mizan.entry(context);
    const hear = (): void => this.#hear(entry.slot(slot).value);
    const leave = entry.subscribe(hear);
    hear();
    return leave;
  }

  /** A form that nobody has touched begins with what is said. After a reset nothing is: what was said is another's. */
  #hear(said: Json | undefined): void {
    if (said === this.#said) return;
    this.#change(() => {
      this.#said = said;
      if (this.#touched.size === 0) this.#rows = this.#initial();
      else if (said === undefined) this.#rows = this.#rows.map((row, at) => this.#typed(row, at));
    });
  }

  /** *row* with what was typed into it alone. */
  #typed(row: Row, at: number): Row {
    const typed = Object.entries(row).filter(([name]) => this.#touched.has(this.#path(at, name)));
    return { ...this.#empty(), ...Object.fromEntries(typed) };
  }

  #set(name: string, value: Value, row: number): void {
    const path = this.#path(row, name);
    this.#change(() => {
      this.#rows = this.#rows.map((values, at) => (at === row ? { ...values, [name]: value } : values));
      this.#touched = new Set([...this.#touched, path]);
      const { [path]: _, [this.#path(row, WHOLE)]: __, [WHOLE]: ___, ...rest } = this.#found;
      this.#found = rest;
    });
    this.#askSoon(path);
  }

  #validate(): boolean {
    this.#change(() => (this.#isChecked = true));
    return this.state.isValid;
  }

  async #submit(): Promise<Submission<R>> {
    clearTimeout(this.#timer);
    this.#seq++;
    if (!this.#validate()) return { success: false, errors: this.state.errors, error: null };
    this.#change(() => {
      this.#submitting++;
      this.#error = null;
    });
    const { args, onProgress } = this.options;
    const options = onProgress === undefined ? {} : { onProgress };
    try {
      const data = await this.#mizan.call(this.#form.submit, { data: this.#sent(), ...args }, options);
      this.#change(() => (this.#found = {}));
      return { success: true, data };
    } catch (error) {
      if (!(error instanceof MizanError)) throw error;
      const isOfFields = error.isValidationError();
      this.#change(() => {
        this.#found = isOfFields ? foundIn(error) : {};
        this.#error = isOfFields ? null : error;
      });
      return { success: false, errors: this.state.errors, error };
    } finally {
      this.#change(() => this.#submitting--);
    }
  }

  #reset(): void {
    clearTimeout(this.#timer);
    this.#seq++;
    this.#change(() => {
      this.#touched = new Set();
      this.#found = {};
      this.#isChecked = false;
      this.#error = null;
      this.#rows = this.#initial();
    });
  }

  /** What is known of the forms behind it is no longer known by their places. */
  #remove(row: number): void {
    this.#change(() => {
      this.#rows = this.#rows.filter((_, at) => at !== row);
      this.#found = {};
    });
  }

  #askSoon(path: string): void {
    if (this.#form.validate === undefined) return;
    this.#unasked = new Set([...this.#unasked, path]);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#ask(), this.options.pause ?? 300);
  }

  /** Ask the server about the fields that have changed, and are well as far as is known here. */
  async #ask(): Promise<void> {
    const wrong = this.#wrong();
    const fields = [...this.#unasked].filter((path) => !(path in wrong));
    this.#unasked = new Set();
    if (fields.length === 0) return;
    const seq = ++this.#seq;
    const validate = this.#form.validate as ServerFunction<object, { readonly errors: FormErrors }>;
    let answer;
    try {
      answer = await this.#mizan.call(validate, { data: this.#sent(true), fields, seq, ...this.options.args });
    } catch (error) {
      if (!(error instanceof MizanError)) throw error;
      // A submission will say it.
      return;
    }
    // What was asked later is answered later, or has been.
    if (seq !== this.#seq || this.#unasked.size > 0) return;
    const asked = new Set(fields);
    this.#change(() => {
      const others = Object.entries(this.#found).filter(([path]) => !asked.has(path));
      this.#found = { ...Object.fromEntries(others), ...answer.errors };
    });
  }

  /** What is sent: without what is only shown, and without files where *isCheck*. */
  #sent(isCheck = false): Json {
    const isSent = ({ disabled, kind }: FieldSpec): boolean => disabled !== true && !(isCheck && isUpload(kind));
    const names = this.#specs()
      .filter(isSent)
      .map(({ name }) => name);
    const rows = this.#rows.map((row) => Object.fromEntries(names.map((name) => [name, row[name] ?? null])));
    return (this.#form.many === undefined ? (rows[0] ?? {}) : rows) as unknown as Params;
  }

  /** What is wrong as far as is known here. */
  #wrong(): FormErrors {
    const wrong: Record<string, readonly string[]> = {};
    for (const spec of this.#specs()) {
      if (spec.disabled === true) continue;
      this.#rows.forEach((values, row) => {
        const found = check(spec, values[spec.name]);
        if (found === null) return;
        wrong[this.#path(row, spec.name)] = [this.options.messages?.(found, spec) ?? messageOf(found, spec)];
      });
    }
    return wrong;
  }

  #shown(): FormErrors {
    const wrong = Object.entries(this.#wrong()).filter(([path]) => this.#isChecked || this.#touched.has(path));
    return { ...this.#found, ...Object.fromEntries(wrong) };
  }

  #schema(): FormSchema<D> {
    return schemaOf(this.#form, this.#said);
  }

  #specs(): readonly FieldSpec[] {
    return Object.values(this.#schema().fields);
  }

  #initial(): readonly Row[] {
    const own = this.options.initial as Row | undefined;
    if (this.#form.many === undefined) return [{ ...this.#empty(), ...own }];
    const rows = rowsOf(this.#said) ?? Array.from({ length: this.#form.many.min ?? 1 }, () => ({}));
    return rows.map((row) => ({ ...this.#empty(), ...row, ...own }));
  }

  #empty(): Row {
    return Object.fromEntries(this.#specs().map(({ name, kind, initial }) => [name, initial ?? emptyOf(kind)]));
  }

  #path(row: number, name: string): string {
    return this.#form.many === undefined ? name : `${row}.${name}`;
  }

  #change(how: () => void): void {
    how();
    this.#state = null;
    for (const listener of [...this.#listeners]) listener();
  }
}

function emptyOf({ type }: Kind): Json {
  if (type === "string" || type === "decimal") return "";
  if (type === "boolean") return false;
  return type === "list" ? [] : null;
}

function isUpload(kind: Kind): boolean {
  return kind.type === "upload" || (kind.type === "list" && isUpload(kind.item));
}

/** The messages of *error* by field, without the name of the argument that they stand under. */
function foundIn({ details }: MizanError): FormErrors {
  return Object.fromEntries(
    Object.entries(details).map(([path, texts]) => [
      path.replace(/^data\./, ""),
      isList(texts) ? texts.map(String) : [String(texts)],
    ]),
  );
}

/** The state that *state* gives, whenever it is looked at. */
export function liveForm<D extends object, R>(state: () => FormState<D, R>): FormState<D, R> {
  return {
    get schema() {
      return state().schema;
    },
    get data() {
      return state().data;
    },
    get rows() {
      return state().rows;
    },
    get errors() {
      return state().errors;
    },
    get isValid() {
      return state().isValid;
    },
    get isSubmitting() {
      return state().isSubmitting;
    },
    get error() {
      return state().error;
    },
    set: (name, value, row) => state().set(name, value, row),
    validate: () => state().validate(),
    submit: () => state().submit(),
    reset: () => state().reset(),
    add: () => state().add(),
    remove: (row) => state().remove(row),
  };
}
