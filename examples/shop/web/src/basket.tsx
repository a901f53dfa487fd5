import { createContext, use, useMemo, useState, type FormEvent, type ReactElement, type ReactNode } from "react";

import { MizanError, usePlaceOrder, type Order, type PlaceOrderArgs, type Product } from "./mizan";
import { centsOf, priceOf, shown } from "./money";

interface Line {
  readonly product: Product;
  readonly quantity: number;
}

interface Basket {
  readonly lines: readonly Line[];
  add(product: Product): void;
  change(product: Product, quantity: number): void;
  empty(): void;
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
      empty: () => setLines([]),
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

function quantityOf(lines: readonly Line[], { id }: Product): number {
  return lines.find(({ product }) => product.id === id)?.quantity ?? 0;
}

function changed(lines: readonly Line[], product: Product, quantity: number): readonly Line[] {
  const others = lines.filter((line) => line.product.id !== product.id);
  return quantity > 0 ? [...others, { product, quantity: Math.min(quantity, 99) }] : others;
}

/** *customer* is null while nobody is logged in: then nothing can be ordered. */
export function Basket({ customer }: { readonly customer: string | null }): ReactElement {
  const basket = useBasket();
  const { lines } = basket;
  const total = totalOf(lines);
  const place = usePlaceOrder({
    // The order is shown before the server has answered, and taken back if it refuses.
    optimistic: (args) => ({
      user: {
        user_orders: (orders) => [draftOf(args, lines), ...orders],
        user_profile: (profile) => ({ ...profile, order_count: profile.order_count + 1 }),
      },
      catalogue: { search_products: (products) => products.map((product) => without(product, lines)) },
    }),
  });

  const order = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    if (customer === null) return;
    const note = String(new FormData(event.currentTarget).get("note")) || null;
    const wanted = lines.map(({ product, quantity }) => ({ product_id: product.id, quantity }));
    const outcome = await place.safe({ user_id: customer, lines: wanted, note });
    if (outcome.ok) basket.empty();
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

function totalOf(lines: readonly Line[]): string {
  return priceOf(lines.reduce((sum, { product, quantity }) => sum + centsOf(product.price) * quantity, 0));
}

/** The order as it will look, but for what the server alone knows. */
function draftOf({ note }: PlaceOrderArgs, lines: readonly Line[]): Order {
  return {
    id: "draft",
    status: "placed",
    placed_at: new Date().toISOString(),
    lines: lines.map(({ product, quantity }) => ({
      product_id: product.id,
      name: product.name,
      quantity,
      unit_price: product.price,
    })),
    total: totalOf(lines),
    note: note ?? null,
  };
}

function without(product: Product, lines: readonly Line[]): Product {
  return { ...product, stock: Math.max(0, product.stock - quantityOf(lines, product)) };
}

function explain(error: MizanError, lines: readonly Line[]): string {
  const short = lines.find(({ product }) => product.id === error.details["product_id"]);
  if (error.code === "CONFLICT" && short !== undefined) {
    return `There is not enough ${short.product.name} left. Take less of it, and order again.`;
  }
  return error.message;
}
