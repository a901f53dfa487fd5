"use client";

import type { ReactElement } from "react";

import { useCurrentUser, usePlaceOrder, useSearchProducts, type Product } from "../mizan";

/** What the nearest context names, as it is now: what others do to it comes with the next answer that says so. */
export function Products(): ReactElement {
  const products = useSearchProducts();
  return (
    <ul aria-label="Products">
      {products.map((product) => (
        <li key={product.id}>
          <h2>{product.name}</h2>
          <span className="stock">{product.stock} in stock</span>
          <Buy product={product} />
        </li>
      ))}
    </ul>
  );
}

function Buy({ product }: { readonly product: Product }): ReactElement | null {
  const visitor = useCurrentUser();
  // It is gone from the shelf before the server has answered, and back if the server refuses.
  const place = usePlaceOrder({
    optimistic: {
      catalogue: {
        search_products: (products) =>
          products.map((one) => (one.id === product.id ? { ...one, stock: one.stock - 1 } : one)),
      },
    },
  });
  if (visitor === null) return null;
  const lines = [{ product_id: product.id, quantity: 1 }];
  return (
    <>
      <button
        type="button"
        aria-label={`Buy ${product.name}`}
        disabled={product.stock === 0}
        onClick={() => void place.safe({ user_id: visitor.id, lines })}
      >
        Buy
      </button>
      {place.error !== null && <span role="alert">{place.error.message}</span>}
    </>
  );
}
