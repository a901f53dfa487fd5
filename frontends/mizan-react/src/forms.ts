/** Forms as hooks. */

import { FormModel, type Form, type FormOptions, type FormState } from "mizan-runtime/forms";
import { useCallback, useEffect, useMemo, useSyncExternalStore } from "react";

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

/** A form of the server, filled in by this component. */
export function useForm<D extends object, R, A extends object = object>(
  form: Form<D, R, A>,
  options: FormOptions<D, A> = {},
): FormState<D, R> {
  const mizan = useMizan();
  const model = useMemo(() => new FormModel(mizan, form, options), [mizan, form]);
  useEffect(() => {
    model.options = options;
  });
  const subscribe = useCallback((listener: () => void) => model.subscribe(listener), [model]);
  const state = (): FormState<D, R> => model.state;
  return useSyncExternalStore(subscribe, state, state);
}
