import { index, route, type RouteConfig } from "@react-router/dev/routes";

export default [
  index("routes/shelves.tsx", { id: "all" }),
  route("shelves/:category", "routes/shelves.tsx"),
  route("account", "routes/account.tsx"),
  // What the browser asks the shop itself.
  route("api/*", "routes/pass.ts"),
  route("login", "routes/pass.ts", { id: "login" }),
  route("logout", "routes/pass.ts", { id: "logout" }),
] satisfies RouteConfig;
