import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactElement } from "react";

import { useTRPC } from "./client";

export function Page$N({ id }: { readonly id: number }): ReactElement {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const orders = useQuery(trpc.shop$N.orders.queryOptions({ user_id: id }));
  const summary = useQuery(trpc.shop$N.summary.queryOptions({ user_id: id }));
  const update = useMutation(
    trpc.shop$N.update.mutationOptions({
      onSuccess: () =>
        Promise.all([
          queries.invalidateQueries(trpc.shop$N.orders.queryFilter({ user_id: id })),
          queries.invalidateQueries(trpc.shop$N.summary.queryFilter({ user_id: id })),
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
