/** What generated code says of a form. */

import type { Context, ServerFunction } from "../descriptors.js";
import type { Json } from "../wire.js";

/** What kind of value a field is sent as. Texts with a format are strings. */
export type Kind =
  | { readonly type: "string" | "decimal" | "integer" | "number" | "boolean" | "any" }
  | { readonly type: "enum"; readonly values: readonly Json[] }
  | { readonly type: "list"; readonly item: Kind }
  | { readonly type: "upload"; readonly maxBytes?: number; readonly maxFiles?: number };

/** What is shown for a value, and the heading that it stands under. */
export interface Choice {
  readonly value: Json;
  readonly label: string;
  readonly group?: string;
}

/** A field, and what a client may check of it: nothing that the server would take (docs/protocol.md section 11). */
export interface FieldSpec {
  readonly name: string;
  readonly kind: Kind;
  readonly required?: boolean;
  readonly strip?: boolean;
  readonly min?: number | string;
  readonly max?: number | string;
  readonly step?: number | string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly maxDigits?: number;
  readonly decimalPlaces?: number;
  readonly patterns?: readonly string[];
  readonly extensions?: readonly string[];
  readonly choices?: readonly Choice[];
  /** Shown, and not sent. */
  readonly disabled?: boolean;
  /** The type of an HTML input, or `textarea` or `select`. */
  readonly widget?: string;
  readonly label?: string;
  readonly help?: string;
  readonly initial?: Json;
}

/** A form whose fields hold *D*, whose submission answers *R*, and which takes *A* beside its data. */
export interface Form<D extends object = object, R = unknown, A extends object = object> {
  readonly name: string;
  readonly title?: string;
  readonly submitLabel?: string;
  readonly fields: readonly FieldSpec[];
  /** Where it is a list of forms: how many. */
  readonly many?: { readonly min?: number; readonly max?: number };
  readonly submit: ServerFunction<object, R>;
  /** Where fields are checked by the server while they are filled in. */
  readonly validate?: ServerFunction;
  /** Where it is as it is for whoever asks: a context without parameters, and the slot of it. */
  readonly schema?: readonly [context: Context, slot: string];
  /** Types alone; never there. */
  readonly types?: { readonly data: D; readonly args: A };
}
