/** Two parts, each of which comes when what it shows is there. */

import { useMizan } from "mizan-react";
import { Suspense, useEffect, type ReactElement } from "react";

import { CatalogueContext, useSearchProducts, type Category } from "../../src/mizan";

export function Page(): ReactElement {
  return (
    <html lang="en">
      <body>
        <Parts />
      </body>
    </html>
  );
}

export function Parts(): ReactElement {
  return (
    <>
      <Part category="tea" />
      <Part category="coffee" />
    </>
  );
}

function Part({ category }: { readonly category: Category }): ReactElement {
  return (
    <CatalogueContext category={category}>
      <Suspense fallback={<p>{category} is on its way</p>}>
        <Shelf category={category} />
      </Suspense>
    </CatalogueContext>
  );
}

function Shelf({ category }: { readonly category: Category }): ReactElement {
  const mizan = useMizan();
  const products = useSearchProducts();
  useEffect(() => {
    Object.assign(window, { mizan });
    document.body.dataset[category] = "hydrated";
  }, [mizan, category]);
  return (
    <ul aria-label={category}>
      {products.map(({ id, name, stock }) => (
        <li key={id}>
          {name}: <output>{stock}</output>
        </li>
      ))}
    </ul>
  );
}
