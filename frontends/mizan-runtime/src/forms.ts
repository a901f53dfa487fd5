/** Forms of an interface: generated code declares them, the packages of the frameworks make hooks of them. */

export { check, type Check, type Value } from "./forms/check.js";
export { messageOf, type Messages } from "./forms/messages.js";
export {
  FormModel,
  liveForm,
  type FormErrors,
  type FormOptions,
  type FormState,
  type Submission,
  type Values,
} from "./forms/model.js";
export type { FormSchema } from "./forms/schema.js";
export type { Choice, FieldSpec, Form, Kind } from "./forms/spec.js";
