import { createApp } from "vue";

import "../../web/src/style.css";
import App from "./App.vue";
import { configureMizan, createMizanPlugin } from "./mizan";

const mizan = configureMizan();
// To look at it in the browser's console: `mizan.invalidate(["catalogue"])` reads the shelves again.
Object.assign(window, { mizan });

createApp(App)
  .use(createMizanPlugin({ client: mizan }))
  .mount("#app");
