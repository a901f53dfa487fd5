"use client";

import { Suspense, useState, type FormEvent, type ReactElement } from "react";

import { UserContext, useCurrentUser, useRename, useUserOrders, useUserProfile, type Order } from "../mizan";

/** Whose account it is the browser knows best: somebody may have logged in since the page came. */
export function Own(): ReactElement {
  const visitor = useCurrentUser();
  if (visitor === null) return <p>Log in to see your orders.</p>;
  return (
    <UserContext user_id={visitor.id}>
      <Suspense fallback={<p role="status">Fetching your orders …</p>}>
        <Account />
      </Suspense>
    </UserContext>
  );
}

function Account(): ReactElement {
  const profile = useUserProfile();
  const orders = useUserOrders();
  return (
    <>
      <h2>{profile.name}</h2>
      <Rename customer={profile.id} />
      <h2 id="orders">{profile.order_count} orders</h2>
      <ol aria-label="Orders">
        {orders.map((order) => (
          <li key={order.id}>
            {contentsOf(order)}, {order.total} €, {order.status}
          </li>
        ))}
      </ol>
    </>
  );
}

function Rename({ customer }: { readonly customer: string }): ReactElement {
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
    void rename.safe({ user_id: customer, name });
    setName("");
  };
  return (
    <form onSubmit={submit}>
      <label>
        Another name <input value={name} onChange={({ target }) => setName(target.value)} />
      </label>
      <button type="submit">Rename</button>
      {rename.error !== null && <p role="alert">{rename.error.getFieldErrors("name")[0] ?? rename.error.message}</p>}
    </form>
  );
}

function contentsOf({ lines }: Order): string {
  return lines.map(({ name, quantity }) => `${quantity} × ${name}`).join(", ");
}
