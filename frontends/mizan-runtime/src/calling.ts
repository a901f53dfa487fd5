/** What is loaded for calls, and when somebody tells of changes (`later.ts`). */

export { perform } from "./answers.js";
export { watchPage } from "./page.js";
export { readHeader } from "./header.js";
export { relation } from "./scope.js";
export { Sender } from "./sending.js";
