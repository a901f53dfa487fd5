/** So many components, each of which wants the same by itself. */

import type { Mizan } from "mizan-runtime";
import { Suspense, type ReactElement } from "react";
import { createRoot } from "react-dom/client";

import { MizanContext, useSearchProducts } from "../../src/mizan";

declare const COUNT: number;

/** The page's own client. */
const { mizan } = window as unknown as { readonly mizan: Mizan };

function Stock(): ReactElement {
  const [product] = useSearchProducts({ query: "Assam" });
  return <output className="stock">{product?.stock}</output>;
}

createRoot(document.body.appendChild(document.createElement("div"))).render(
  <MizanContext client={mizan}>
    {Array.from({ length: COUNT }, (_, number) => (
      <Suspense key={number}>
        <Stock />
      </Suspense>
    ))}
  </MizanContext>,
);
