/** What a call has come to, as a value. */

import { MizanError } from "./errors.js";

export type Outcome<R, E = MizanError> =
  { readonly ok: true; readonly data: R } | { readonly ok: false; readonly error: E };

/** *result*, with what the server has refused as a value; other errors are mistakes of the program, and thrown. */
export async function outcomeOf<R, E extends MizanError = MizanError>(result: Promise<R>): Promise<Outcome<R, E>> {
  try {
    return { ok: true, data: await result };
  } catch (error) {
    if (error instanceof MizanError) return { ok: false, error: error as E };
    throw error;
  }
}
