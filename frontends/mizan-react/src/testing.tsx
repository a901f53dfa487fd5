/** Components in tests, with a server in memory (needs `@testing-library/react`). */

import { render, type RenderOptions, type RenderResult } from "@testing-library/react";
import type { Mizan } from "mizan-runtime";
import { MockServer } from "mizan-runtime/testing";
import { Suspense, type ReactElement, type ReactNode } from "react";

import { MizanContext } from "./client.js";

export { failure, MockServer, type Asked } from "mizan-runtime/testing";

/** Render *ui* as a page whose server is *server*. */
export function renderMizan(
  ui: ReactElement,
  server: MockServer = new MockServer(),
  options: RenderOptions = {},
): RenderResult & { readonly mizan: Mizan } {
  const mizan = server.client();
  const wrapper = ({ children }: { readonly children: ReactNode }): ReactElement => (
    <MizanContext client={mizan}>
      <Suspense>{children}</Suspense>
    </MizanContext>
  );
  return { ...render(ui, { wrapper, ...options }), mizan };
}
