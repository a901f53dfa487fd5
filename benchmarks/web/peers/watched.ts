/** Queries that components would look at, without components. */

import { type QueryClient, QueryObserver, type QueryObserverOptions } from "@tanstack/react-query";

export class Watched {
  readonly #observers: readonly QueryObserver<any, any, any, any, any>[];

  constructor(
    readonly client: QueryClient,
    queries: readonly QueryObserverOptions<any, any, any, any, any>[],
  ) {
    this.#observers = queries.map((query) => new QueryObserver(client, query));
    for (const observer of this.#observers) observer.subscribe(() => undefined);
  }

  /** Resolves when all of them have what they want. */
  async loaded(): Promise<void> {
    while (this.client.isFetching() + this.client.isMutating() > 0) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    for (const observer of this.#observers) {
      const { status, error } = observer.getCurrentResult();
      if (status !== "success") throw new Error(`A query is ${status}: ${String(error)}`);
    }
  }
}
