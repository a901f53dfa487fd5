import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactElement } from "react";

import { orpc } from "./client";

export function Page$N({ id }: { readonly id: number }): ReactElement {
  const queries = useQueryClient();
  const orders = useQuery(orpc.shop$N.orders.queryOptions({ input: { user_id: id } }));
  const summary = useQuery(orpc.shop$N.summary.queryOptions({ input: { user_id: id } }));
  const update = useMutation(
    orpc.shop$N.update.mutationOptions({
      onSuccess: () =>
        Promise.all([
          queries.invalidateQueries({ queryKey: orpc.shop$N.orders.key({ input: { user_id: id } }) }),
          queries.invalidateQueries({ queryKey: orpc.shop$N.summary.key({ input: { user_id: id } }) }),
        ]),
    }),
  );
  return (
    <section>
      <h2>{summary.data?.note}</h2>
      {orders.data?.map(({ id, total, lines }) => (
        <p key={id}>
          {total} {lines.length}
        </p>
      ))}
      <button disabled={update.isPending} onClick={() => update.mutate({ user_id: id, note: "new" })}>
        Save
      </button>
    </section>
  );
}
