import { createContext, use, useMemo, useState, type FormEvent, type ReactElement, type ReactNode } from "react";

import { usePlaceOrder, type Product } from "./mizan";
import { shown } from "./money";
import { changed, expectationsOf, explain, quantityOf, remaining, totalOf, wanted, type Line } from "./order";

interface Basket {
  readonly lines: readonly Line[];
  add(product: Product): void;
  change(product: Product, quantity: number): void;
  /** Take out what was ordered. */
  remove(ordered: readonly Line[]): void;
}

const Shared = createContext<Basket | null>(null);

/** What the customer wants to have; it is nobody's business but this page's. */
export function BasketProvider({ children }: { readonly children: ReactNode }): ReactElement {
  const [lines, setLines] = useState<readonly Line[]>([]);
  const basket = useMemo<Basket>(
    () => ({
      lines,
      add: (product) => setLines((lines) => changed(lines, product, quantityOf(lines, product) + 1)),
      change: (product, quantity) => setLines((lines) => changed(lines, product, quantity)),
      remove: (ordered) => setLines((lines) => remaining(lines, ordered)),
    }),
    [lines],
  );
  return <Shared value={basket}>{children}</Shared>;
}

export function useBasket(): Basket {
  const basket = use(Shared);
  if (basket === null) throw new Error("There is no <BasketProvider> around this component.");
  return basket;
}

/** *customer* is null while nobody is logged in: then nothing can be ordered. */
export function Basket({ customer }: { readonly customer: string | null }): ReactElement {
  const basket = useBasket();
  const { lines } = basket;
  const total = totalOf(lines);
  const place = usePlaceOrder({ optimistic: (args) => expectationsOf(args, lines) });

  const order = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    if (customer === null) return;
    const note = String(new FormData(event.currentTarget).get("note")) || null;
    const outcome = await place.safe({ user_id: customer, lines: wanted(lines), note });
    if (outcome.ok) basket.remove(lines);
  };
  return (
    <section className="card" aria-labelledby="basket">
      <h2 id="basket">Basket</h2>
      {lines.length === 0 && <p className="muted">There is nothing in it yet.</p>}
      {lines.length > 0 && (
        <form onSubmit={(event) => void order(event)}>
          <ul className="lines">
            {lines.map((line) => (
              <BasketLine key={line.product.id} {...line} />
            ))}
          </ul>
          <label>
            Note
            <input name="note" maxLength={200} placeholder="Ring twice" />
          </label>
          <p className="total">
            Total <b>{shown(total)}</b>
          </p>
          <button type="submit" className="main" disabled={customer === null || place.isPending}>
            {customer === null ? "Log in to order" : "Order"}
          </button>
        </form>
      )}
      {place.error !== null && <p role="alert">{explain(place.error, lines)}</p>}
    </section>
  );
}

function BasketLine({ product, quantity }: Line): ReactElement {
  const { change } = useBasket();
  return (
    <li>
      <span>{product.name}</span>
      <input
        type="number"
        aria-label={`Quantity of ${product.name}`}
        min={0}
        max={99}
        value={quantity}
        onChange={({ target }) => change(product, target.valueAsNumber || 0)}
      />
    </li>
  );
}
