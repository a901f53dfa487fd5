import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** Where the shop runs while its page is being worked on: `make demo ARGS=--serve` prints it. */
const server = process.env["SHOP_URL"] ?? "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [react()],
  server: { proxy: { "/api": server, "/login": server, "/logout": server } },
});
