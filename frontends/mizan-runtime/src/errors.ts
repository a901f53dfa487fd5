import type { Invalidation, Json } from "./wire.js";

/** What an error says beside its message: `{"field.path": ["message", …]}` for `VALIDATION_ERROR`. */
export type Details = { readonly [name: string]: Json };

/** How a call or a read failed. */
export interface Failure {
  /** The protocol's code; `NETWORK` when there was no answer, `OFFLINE` when nothing was sent because there is no network. */
  readonly code: string;
  readonly message: string;
  readonly details?: Details;
  /** The HTTP status; 0 when there was no answer. */
  readonly status?: number;
  /** What has become stale although the call failed. */
  readonly invalidate?: readonly Invalidation[];
}

/** An error that the server has answered, or that kept it from answering. */
export class MizanError extends Error {
  override readonly name = "MizanError";
  readonly code: string;
  readonly details: Details;
  readonly status: number;
  readonly invalidate: readonly Invalidation[];

  constructor(failure: Failure) {
    super(failure.message);
    this.code = failure.code;
    this.details = failure.details ?? {};
    this.status = failure.status ?? 0;
    this.invalidate = failure.invalidate ?? [];
  }

  /** Whether the call is known to have done nothing: the server answered, and says so, or it was never sent. */
  get isRefusal(): boolean {
    return (this.status >= 400 && this.status < 500) || this.status === 501 || this.code === "OFFLINE";
  }

  isAuthError(): boolean {
    return this.code === "UNAUTHORIZED" || this.code === "FORBIDDEN" || this.code === "CSRF_FAILED";
  }

  isValidationError(): boolean {
    return this.code === "VALIDATION_ERROR";
  }

  /** The messages of one field, by its path in the arguments (`email`, `lines.0.quantity`); none when it is valid. */
  getFieldErrors(path: string): readonly string[] {
    const messages = this.isValidationError() ? this.details[path] : undefined;
    return Array.isArray(messages) ? messages.map(String) : [];
  }
}
