import { useState, type FormEvent, type ReactElement } from "react";

import {
  receiptUrl,
  useRename,
  useShipOrder,
  useUserOrders,
  useUserProfile,
  type Order,
  type Profile,
  type Visitor,
} from "./mizan";
import { shown } from "./money";
import { isDraft } from "./order";

const DATE = new Intl.DateTimeFormat("en-IE", { dateStyle: "medium" });

/** Whose context the nearest provider names. */
export function Account({ visitor }: { readonly visitor: Visitor }): ReactElement {
  const profile = useUserProfile();
  return (
    <>
      <section className="card" aria-labelledby="account">
        <h2 id="account">{profile.name}</h2>
        <p className="muted">
          Customer since {DATE.format(new Date(profile.joined_at))},{" "}
          <span data-orders={profile.order_count}>{counted(profile.order_count)}</span>
        </p>
        <Rename profile={profile} />
      </section>
      <Orders isStaff={visitor.staff} customer={profile.id} />
    </>
  );
}

function Rename({ profile }: { readonly profile: Profile }): ReactElement {
  const [name, setName] = useState("");
  const rename = useRename({
    // Both places that show the name have it at once.
    optimistic: (args) => ({
      user: { user_profile: (profile) => ({ ...profile, name: args.name.trim() }) },
      global: { current_user: (visitor) => visitor && { ...visitor, name: args.name.trim() } },
    }),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void rename.safe({ user_id: profile.id, name });
    setName("");
  };
  return (
    <form className="inline" onSubmit={submit}>
      <label>
        Another name
        <input value={name} placeholder={profile.name} onChange={({ target }) => setName(target.value)} />
      </label>
      <button type="submit">Rename</button>
      {rename.error !== null && <p role="alert">{rename.error.getFieldErrors("name")[0] ?? rename.error.message}</p>}
    </form>
  );
}

function Orders({ customer, isStaff }: { readonly customer: string; readonly isStaff: boolean }): ReactElement {
  const orders = useUserOrders();
  return (
    <section className="card" aria-labelledby="orders">
      <h2 id="orders">Orders</h2>
      {orders.length === 0 && <p className="muted">None yet.</p>}
      <ol className="orders" aria-label="Orders">
        {orders.map((order) => (
          <li key={order.id} data-id={order.id}>
            <p>
              <b>{shown(order.total)}</b> <span className={`badge ${order.status}`}>{order.status}</span>{" "}
              <time dateTime={order.placed_at}>{DATE.format(new Date(order.placed_at))}</time>
            </p>
            <p className="muted">{contentsOf(order)}</p>
            <div className="side">
              {!isDraft(order) && (
                <a href={receiptUrl({ order_id: order.id })} target="_blank" rel="noreferrer">
                  Receipt
                </a>
              )}
              {isStaff && order.status === "placed" && <Ship customer={customer} order={order} />}
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Ship({ customer, order }: { readonly customer: string; readonly order: Order }): ReactElement {
  const ship = useShipOrder();
  return (
    <button
      type="button"
      disabled={ship.isPending}
      onClick={() => void ship.safe({ user_id: customer, order_id: order.id })}
    >
      Ship
    </button>
  );
}

function counted(orders: number): string {
  return orders === 1 ? "1 order" : `${orders} orders`;
}

function contentsOf({ lines, note }: Order): string {
  const goods = lines.map(({ name, quantity }) => `${quantity} × ${name}`).join(", ");
  return note === null ? goods : `${goods} (“${note}”)`;
}
