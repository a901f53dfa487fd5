/** Which server the components of an application ask. */

import { configureMizan, Mizan, takeHydration, type Dehydrated, type MizanOptions } from "mizan-runtime";
import { hasInjectionContext, inject, type InjectionKey, type Plugin } from "vue";

const CLIENT: InjectionKey<Mizan> = Symbol("mizan");

export interface MizanPluginOptions extends MizanOptions {
  /** A client made elsewhere; then no option is looked at. */
  readonly client?: Mizan;
  /** What a server has rendered; without, what the page's own scripts say. */
  readonly hydration?: Dehydrated;
}

/** Gives an application's components a client of the server at `baseUrl` (by default `/api/mizan`). */
export function createMizanPlugin({ client, hydration, ...options }: MizanPluginOptions = {}): Plugin {
  return {
    install(app) {
      const made = client ?? (typeof window === "undefined" ? new Mizan(options) : configureMizan(options));
      if (hydration !== undefined) made.hydrate(hydration);
      else if (client === undefined) takeHydration(made);
      app.provide(CLIENT, made);
    },
  };
}

/** The client of the application that this component belongs to. */
export function useMizan(): Mizan {
  const mizan = hasInjectionContext() ? inject(CLIENT, null) : null;
  if (mizan === null) {
    throw new Error(
      "There is no client here: call this in setup, in an application with app.use(createMizanPlugin(…)).",
    );
  }
  return mizan;
}
