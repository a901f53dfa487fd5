/** How a session begins and ends is the framework's business, not Mizan's: both servers have these two URLs. */

import type { Mizan } from "mizan-runtime";

export interface Session {
  /** Whether name and password belong together. */
  logIn(username: string, password: string): Promise<boolean>;
  logOut(): Promise<void>;
}

export function sessionOf(mizan: Mizan): Session {
  return {
    async logIn(username, password) {
      const { ok } = await mizan.fetch("/login/", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ username, password }),
      });
      // From here on somebody else is asking: nothing that is known may be shown any longer.
      if (ok) mizan.reset();
      return ok;
    },
    async logOut() {
      await mizan.fetch("/logout/", { method: "POST" });
      mizan.reset();
    },
  };
}
