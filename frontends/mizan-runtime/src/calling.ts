/** What is loaded for calls, and when somebody tells of changes (`later.ts`). */

export { perform } from "./answers.js";
export { enterPage } from "./page.js";
export { fetchUrl } from "./fetching.js";
export { relation } from "./scope.js";
export { Sender } from "./sending.js";
