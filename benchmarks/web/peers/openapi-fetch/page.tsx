import { useQueryClient } from "@tanstack/react-query";
import type { ReactElement } from "react";

import { $api } from "./api";

export function Page$N({ id }: { readonly id: number }): ReactElement {
  const queries = useQueryClient();
  const params = { query: { user_id: id } };
  const orders = $api.useQuery("get", "/orders_$N", { params });
  const summary = $api.useQuery("get", "/summary_$N", { params });
  const update = $api.useMutation("post", "/update_$N", {
    onSuccess: () =>
      Promise.all([
        queries.invalidateQueries($api.queryOptions("get", "/orders_$N", { params })),
        queries.invalidateQueries($api.queryOptions("get", "/summary_$N", { params })),
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
