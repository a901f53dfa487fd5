/** An order as the page sees it, whatever it is shown with. */

import type { ErrorOf } from "mizan-runtime";

import type { Order, PlaceOrderArgs, PlaceOrderErrors, PlaceOrderExpectations, Product } from "./mizan/types";
import { centsOf, priceOf } from "./money";

export interface Line {
  readonly product: Product;
  readonly quantity: number;
}

export function quantityOf(lines: readonly Line[], { id }: Product): number {
  return lines.find(({ product }) => product.id === id)?.quantity ?? 0;
}

/** The basket with so many of a product. */
export function changed(lines: readonly Line[], product: Product, quantity: number): readonly Line[] {
  const others = lines.filter((line) => line.product.id !== product.id);
  return quantity > 0 ? [...others, { product, quantity: Math.min(quantity, 99) }] : others;
}

/** The basket when *ordered* is on its way: what was put into it meanwhile stays. */
export function remaining(lines: readonly Line[], ordered: readonly Line[]): readonly Line[] {
  return ordered.reduce(
    (left, { product, quantity }) => changed(left, product, quantityOf(left, product) - quantity),
    lines,
  );
}

export function totalOf(lines: readonly Line[]): string {
  return priceOf(lines.reduce((sum, { product, quantity }) => sum + centsOf(product.price) * quantity, 0));
}

/** What the server is asked for. */
export function wanted(lines: readonly Line[]): PlaceOrderArgs["lines"] {
  return lines.map(({ product, quantity }) => ({ product_id: product.id, quantity }));
}

/** The order is shown before the server has answered, and taken back if it refuses. */
export function expectationsOf(args: PlaceOrderArgs, lines: readonly Line[]): PlaceOrderExpectations {
  const draft = draftOf(args, lines);
  return {
    user: {
      user_orders: (orders) => [draft, ...orders],
      user_profile: (profile) => ({ ...profile, order_count: profile.order_count + 1 }),
    },
    catalogue: { search_products: (products) => products.map((product) => without(product, lines)) },
  };
}

export function explain(error: ErrorOf<PlaceOrderErrors>, lines: readonly Line[]): string {
  if (error.code !== "OUT_OF_STOCK") return error.message;
  const { product_id } = error.data;
  const short = lines.find(({ product }) => product.id === product_id);
  return `There is not enough ${short?.product.name ?? "of this"} left. Take less of it, and order again.`;
}

const DRAFT = "draft ";

/** Whether the server knows nothing of it yet. */
export function isDraft({ id }: Order): boolean {
  return id.startsWith(DRAFT);
}

let drafts = 0;

/** The order as it will look, but for what the server alone knows. Several may be under way: each has an id of its own. */
function draftOf({ note }: PlaceOrderArgs, lines: readonly Line[]): Order {
  return {
    id: `${DRAFT}${++drafts}`,
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
