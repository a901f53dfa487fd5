import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";

/** Where the shop runs while its page is being worked on: `make demo ARGS=--serve` prints it. */
const server = process.env["SHOP_URL"] ?? "http://127.0.0.1:8000";

export default defineConfig({
  // Beside the page in React, which the servers give out at /.
  base: "/vue/",
  build: { outDir: "../web/dist/vue", emptyOutDir: true },
  plugins: [vue()],
  server: { proxy: { "/api": server, "/login": server, "/logout": server } },
});
