import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactElement } from "react";

import {
  orders$NOptions,
  orders$NQueryKey,
  summary$NOptions,
  summary$NQueryKey,
  update$NMutation,
} from "./client/@tanstack/react-query.gen";

export function Page$N({ id }: { readonly id: number }): ReactElement {
  const queries = useQueryClient();
  const orders = useQuery(orders$NOptions({ query: { user_id: id } }));
  const summary = useQuery(summary$NOptions({ query: { user_id: id } }));
  const update = useMutation({
    ...update$NMutation(),
    onSuccess: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: orders$NQueryKey({ query: { user_id: id } }) }),
        queries.invalidateQueries({ queryKey: summary$NQueryKey({ query: { user_id: id } }) }),
      ]),
  });
  return (
    <section>
      <h2>{summary.data?.note}</h2>
      {orders.data?.map(({ id, total, lines }) => (
        <p key={id}>
          {total} {lines.length}
        </p>
      ))}
      <button disabled={update.isPending} onClick={() => update.mutate({ body: { user_id: id, note: "new" } })}>
        Save
      </button>
    </section>
  );
}
