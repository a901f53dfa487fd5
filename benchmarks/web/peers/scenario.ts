/**
 * A page shows `summary_0`, `orders_0`, `orders_1` and `orders_2` of user 1; then `update_0` changes the first two.
 *
 * *count* is the fetch to use: it counts requests to *url*.
 */
export type Scenario = (url: string, count: typeof fetch) => Promise<Page>;

export interface Page {
  /** Resolves when all is shown. */
  loaded(): Promise<void>;
  /** Resolves when what the mutation has changed is shown. */
  mutate(): Promise<void>;
}
