import { socket } from "mizan-runtime/socket";
import { createApp } from "vue";

import "../../web/src/style.css";
import App from "./App.vue";
import { configureMizan, createMizanPlugin } from "./mizan";

// With ?live what others change arrives by itself, over a socket.
const isLive = new URLSearchParams(location.search).has("live");
const mizan = configureMizan(isLive ? { live: socket } : {});
// To look at it in the browser's console: `mizan.invalidate(["catalogue"])` reads the shelves again.
Object.assign(window, { mizan });

createApp(App)
  .use(createMizanPlugin({ client: mizan }))
  .mount("#app");
