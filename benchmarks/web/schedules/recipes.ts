/** What the documentation of TanStack Query recommends after a mutation. */

import type { MutationObserverOptions, QueryClient } from "@tanstack/react-query";

import type { Answer, Bundle, Json, Merge } from "../../../frontends/mizan-runtime/src/index.js";
import { keyOf, type Write } from "./queries.js";

type Options = MutationObserverOptions<Answer, Error, Write, { readonly before: Bundle | undefined }>;
export type Recipe = (client: QueryClient) => Options;

/** https://tanstack.com/query/v5/docs/framework/react/guides/invalidations-from-mutations */
const invalidate: Recipe = (client) => ({
  onSettled: (_answer, _error, write) => client.invalidateQueries({ queryKey: keyOf(write) }),
});

/** https://tanstack.com/query/v5/docs/framework/react/guides/optimistic-updates ("Via the cache") */
const optimistic: Recipe = (client) => ({
  ...invalidate(client),
  onMutate: async (write) => {
    const queryKey = ["room", write.room];
    await client.cancelQueries({ queryKey });
    const before = client.getQueryData<Bundle>(queryKey);
    client.setQueryData<Bundle>(queryKey, (shown) => shown && expected(shown, write));
    return { before };
  },
  onError: (_error, write, kept) => {
    client.setQueryData(["room", write.room], kept?.before);
  },
});

/** https://tanstack.com/query/v5/docs/framework/react/guides/updates-from-mutation-responses */
const set: Recipe = (client) => ({
  ...invalidate(client),
  onSuccess: ({ merge = [] }, { room }) => {
    client.setQueryData<Bundle>(["room", room], (shown) => shown && merge.reduce(merged, shown));
  },
});

/** The same, but for reads that are under way. */
const cancelAndSet: Recipe = (client) => ({
  ...set(client),
  onSuccess: async ({ merge = [] }, { room }) => {
    await client.cancelQueries({ queryKey: ["room", room] });
    client.setQueryData<Bundle>(["room", room], (shown) => shown && merge.reduce(merged, shown));
  },
});

export const RECIPES: Readonly<Record<string, Recipe>> = { invalidate, optimistic, set, cancelAndSet };

function merged(shown: Bundle, { slot, value }: Merge): Bundle {
  if (slot !== "items") return { ...shown, [slot]: value };
  const item = value as Item;
  const others = (shown["items"] as readonly Item[]).filter(({ id }) => id !== item.id);
  return { ...shown, items: [...others, item] };
}

interface Item {
  readonly [name: string]: Json;
  readonly id: number;
  readonly writes: readonly number[];
}

/** What the user expects to see of a write. */
function expected(shown: Bundle, { kind, id, item }: Write): Bundle {
  const log = [...(shown["log"] as readonly number[]), id];
  const known = (shown["items"] as readonly Item[]).find((one) => one.id === item);
  const writes = [...(known?.writes ?? []), id];
  const withLog = { ...shown, log, size: log.length };
  if (kind !== "put" && kind !== "putMerged" && kind !== "both") return withLog;
  return merged(withLog, { context: "room", slot: "items", value: { id: item, writes } });
}
