import { useQueryClient } from "@tanstack/react-query";
import type { ReactElement } from "react";

import { getOrders$NQueryKey, getSummary$NQueryKey, useOrders$N, useSummary$N, useUpdate$N } from "./client";

export function Page$N({ id }: { readonly id: number }): ReactElement {
  const queries = useQueryClient();
  const orders = useOrders$N({ user_id: id });
  const summary = useSummary$N({ user_id: id });
  const update = useUpdate$N({
    mutation: {
      onSuccess: () =>
        Promise.all([
          queries.invalidateQueries({ queryKey: getOrders$NQueryKey({ user_id: id }) }),
          queries.invalidateQueries({ queryKey: getSummary$NQueryKey({ user_id: id }) }),
        ]),
    },
  });
  return (
    <section>
      <h2>{summary.data?.note}</h2>
      {orders.data?.map(({ id, total, lines }) => (
        <p key={id}>
          {total} {lines.length}
        </p>
      ))}
      <button disabled={update.isPending} onClick={() => update.mutate({ data: { user_id: id, note: "new" } })}>
        Save
      </button>
    </section>
  );
}
