import { socket } from "mizan-runtime/socket";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { App } from "./app";
import { MizanContext, configureMizan } from "./mizan";
import "./style.css";

// With ?live what others change arrives by itself, over a socket.
const isLive = new URLSearchParams(location.search).has("live");
const mizan = configureMizan(isLive ? { live: socket } : {});
// To look at it in the browser's console: `mizan.invalidate(["catalogue"])` reads the shelves again.
Object.assign(window, { mizan });

createRoot(document.getElementById("root") as HTMLElement).render(
  <StrictMode>
    <MizanContext client={mizan}>
      <App />
    </MizanContext>
  </StrictMode>,
);
