import type { ReactElement } from "react";

import { useOrders$N, useSummary$N, useUpdate$N } from "./client";

export function Page$N({ id }: { readonly id: number }): ReactElement {
  const orders = useOrders$N({ user_id: id });
  const summary = useSummary$N({ user_id: id });
  const update = useUpdate$N();
  return (
    <section>
      <h2>{summary.note}</h2>
      {orders.map(({ id, total, lines }) => (
        <p key={id}>
          {total} {lines.length}
        </p>
      ))}
      <button disabled={update.isPending} onClick={() => void update.safe({ user_id: id, note: "new" })}>
        Save
      </button>
    </section>
  );
}
