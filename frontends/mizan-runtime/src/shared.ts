/** A value that is obtained when it is first needed, once for all who wait, and again when it is no longer good. */
export class Shared<T> {
  #current: Promise<T> | null = null;
  readonly #obtain: () => Promise<T>;

  constructor(obtain: () => Promise<T>) {
    this.#obtain = obtain;
  }

  /** A failure is not kept. */
  get(): Promise<T> {
    if (this.#current === null) {
      const current = (this.#current = this.#obtain());
      current.catch(() => this.drop(current));
    }
    return this.#current;
  }

  /** Forget the value *known*, unless somebody has done so already; without, any. */
  drop(known: Promise<T> | null = this.#current): void {
    if (this.#current === known) this.#current = null;
  }
}
