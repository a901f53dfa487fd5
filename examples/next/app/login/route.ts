export { pass as POST } from "../../shop";
