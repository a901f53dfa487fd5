/** How what components share reaches them. */

import { createElement, type Context, type ReactElement, type ReactNode } from "react";

/** *children*, which find *value* in *context*. */
export function provide<T>(context: Context<T>, value: T, children: ReactNode): ReactElement {
  return createElement(context.Provider, { value }, children);
}
