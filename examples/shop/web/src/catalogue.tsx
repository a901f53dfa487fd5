import { Suspense, useDeferredValue, useState, type ReactElement } from "react";

import { useBasket } from "./basket";
import { Boundary } from "./boundary";
import {
  CatalogueContext,
  useCatalogueStatus,
  useCurrentUser,
  useRestock,
  useSearchProducts,
  type CatalogueParams,
  type Category,
  type Product,
} from "./mizan";
import { shown } from "./money";
import { NewPicture, Picture } from "./picture";

const CATEGORIES: readonly (readonly [Category | "", string])[] = [
  ["", "Everything"],
  ["tea", "Tea"],
  ["coffee", "Coffee"],
  ["ware", "Ware"],
];

export function Catalogue(): ReactElement {
  const [wanted, setWanted] = useState<CatalogueParams>({});
  // While the next products are on their way the old ones stay.
  const deferred = useDeferredValue(wanted);
  return (
    <>
      <form className="search" role="search" onSubmit={(event) => event.preventDefault()}>
        <label>
          Search
          <input
            type="search"
            maxLength={80}
            placeholder="Assam, teapot …"
            onChange={({ target }) => setWanted(({ category }) => paramsOf(target.value, category))}
          />
        </label>
        <fieldset>
          <legend>Kind</legend>
          {CATEGORIES.map(([category, name]) => (
            <label key={category}>
              <input
                type="radio"
                name="category"
                defaultChecked={category === ""}
                onChange={() => setWanted(({ query }) => paramsOf(query, category))}
              />
              {name}
            </label>
          ))}
        </fieldset>
      </form>
      <CatalogueContext {...deferred}>
        <Boundary>
          <Suspense fallback={<p role="status">Looking at the shelves …</p>}>
            <Products />
          </Suspense>
        </Boundary>
      </CatalogueContext>
    </>
  );
}

/** What is not asked for is left out, so that one question has one spelling. */
function paramsOf(query: string | undefined, category: Category | "" | null | undefined): CatalogueParams {
  return { ...(query ? { query } : {}), ...(category ? { category } : {}) };
}

function Products(): ReactElement {
  const products = useSearchProducts();
  const { isFetching } = useCatalogueStatus();
  const isStaff = useCurrentUser()?.staff === true;
  if (products.length === 0) return <p className="muted">Nothing on the shelves is called so.</p>;
  return (
    <ul className="products" aria-label="Products" aria-busy={isFetching}>
      {products.map((product) => (
        <li key={product.id} className="card">
          <Picture product={product} />
          <h2>{product.name}</h2>
          <p className="price">{shown(product.price)}</p>
          <Stock stock={product.stock} />
          <Take product={product} />
          {isStaff && <Restock product={product} />}
          {isStaff && <NewPicture product={product} />}
        </li>
      ))}
    </ul>
  );
}

function Stock({ stock }: { readonly stock: number }): ReactElement {
  if (stock === 0) return <p className="stock none">Sold out</p>;
  return <p className={stock < 6 ? "stock few" : "stock"}>{stock} in stock</p>;
}

function Take({ product }: { readonly product: Product }): ReactElement {
  const { add } = useBasket();
  return (
    <button type="button" aria-label={`Add ${product.name} to the basket`} onClick={() => add(product)}>
      Add
    </button>
  );
}

function Restock({ product }: { readonly product: Product }): ReactElement {
  const restock = useRestock();
  return (
    <button
      type="button"
      aria-label={`Restock ${product.name}`}
      disabled={restock.isPending}
      onClick={() => void restock.safe({ product_id: product.id, quantity: 10 })}
    >
      + 10
    </button>
  );
}
