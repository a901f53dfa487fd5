/** Forms. */

import { FormModel, liveForm, type Form, type FormOptions, type FormState } from "mizan-runtime/forms";
import { onScopeDispose, shallowRef } from "vue";

import { useMizan } from "./client.js";

export type {
  Choice,
  FieldSpec,
  Form,
  FormErrors,
  FormOptions,
  FormSchema,
  FormState,
  Submission,
  Values,
} from "mizan-runtime/forms";

/** A form of the server, filled in by this component; reactive. */
export function useForm<D extends object, R, A extends object = object>(
  form: Form<D, R, A>,
  options: FormOptions<D, A> = {},
): FormState<D, R> {
  const model = new FormModel(useMizan(), form, options);
  const state = shallowRef(model.state);
  if (typeof window !== "undefined") onScopeDispose(model.subscribe(() => (state.value = model.state)));
  return liveForm(() => state.value);
}
