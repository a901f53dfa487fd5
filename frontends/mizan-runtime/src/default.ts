/** The client of a page: of functions that are called without one (`callPlaceOrder(args)`), and of its components. */

import { Mizan, type MizanOptions } from "./mizan.js";

let current: { readonly client: Mizan; readonly options: MizanOptions } | undefined;

/** The client of this page with *options*: the one that there is when they are the same, else another in its place. */
export function configureMizan(options: MizanOptions = {}): Mizan {
  if (current && isSame(current.options, options)) return current.client;
  current?.client.close();
  current = { client: new Mizan(options), options };
  return current.client;
}

/** The client of this page, with the default options when nobody has configured it. */
export function getMizan(): Mizan {
  return current?.client ?? configureMizan();
}

function isSame(left: MizanOptions, right: MizanOptions): boolean {
  const names = Object.keys({ ...left, ...right }) as (keyof MizanOptions)[];
  return names.every((name) => left[name] === right[name]);
}
