export { pass as GET, pass as POST } from "../../../shop";
