import { mount } from "svelte";

import "../../web/src/style.css";
import App from "./App.svelte";

mount(App, { target: document.getElementById("app") as HTMLElement });
