import type { Invalidation, Json } from "./wire.js";

/** What an error says beside its message: `{"field.path": ["message", …]}` for `VALIDATION_ERROR`. */
export type Details = { readonly [name: string]: Json };

/** How a call or a read failed. */
export interface Failure {
  /** The protocol's code; `NETWORK` when there was no answer, `OFFLINE` when nothing was sent because there is no network. */
  readonly code: string;
  readonly message: string;
  readonly details?: Details;
  /** What an error says that the function declares. */
  readonly data?: Json | undefined;
  /** The HTTP status; 0 when there was no answer. */
  readonly status?: number;
  /** What has become stale although the call failed. */
  readonly invalidate?: readonly Invalidation[];
}

/** The protocol's own codes, and the client's. */
export type Code =
  | "BAD_REQUEST"
  | "UNAUTHORIZED"
  | "FORBIDDEN"
  | "CSRF_FAILED"
  | "NOT_FOUND"
  | "METHOD_NOT_ALLOWED"
  | "CONFLICT"
  | "PAYLOAD_TOO_LARGE"
  | "UNSUPPORTED_MEDIA_TYPE"
  | "VALIDATION_ERROR"
  | "RATE_LIMITED"
  | "INTERNAL_ERROR"
  | "NOT_IMPLEMENTED"
  | "NETWORK"
  | "OFFLINE";

/** The errors of a function that declares *E*, data by code: told apart by `code`. */
export type ErrorOf<E extends object> =
  MizanError<Code, undefined> | { [C in keyof E & string]: MizanError<C, E[C]> }[keyof E & string];

/** An error that the server has answered, or that kept it from answering. */
export class MizanError<C extends string = string, D = unknown> extends Error {
  override readonly name = "MizanError";
  declare readonly code: C;
  declare readonly details: Details;
  /** What an error says that the function declares; undefined for the protocol's own. */
  declare readonly data: D;
  declare readonly status: number;
  declare readonly invalidate: readonly Invalidation[];

  constructor(failure: Failure) {
    super(failure.message);
    Object.assign(this, { details: {}, status: 0, invalidate: [] }, failure);
  }

  isAuthError(): boolean {
    return ["UNAUTHORIZED", "FORBIDDEN", "CSRF_FAILED"].includes(this.code);
  }

  isValidationError(): boolean {
    return this.code === "VALIDATION_ERROR";
  }

  /** The messages of one field, by its path in the arguments (`email`, `lines.0.quantity`); none when it is valid. */
  getFieldErrors(path: string): readonly string[] {
    const messages = this.isValidationError() && this.details[path];
    return Array.isArray(messages) ? messages.map(String) : [];
  }
}
