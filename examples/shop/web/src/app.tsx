import { Suspense, type ReactElement } from "react";

import { Account } from "./account";
import { Basket, BasketProvider } from "./basket";
import { Boundary } from "./boundary";
import { Catalogue } from "./catalogue";
import { Connection, Version } from "./connection";
import { UserContext, useCurrentUser } from "./mizan";
import { Question } from "./question";
import { Visitor } from "./visitor";

export function App(): ReactElement {
  return (
    <BasketProvider>
      <a className="skip" href="#products">
        Skip to the products
      </a>
      <header className="bar">
        <h1>Tea shop</h1>
        <Boundary>
          <Suspense fallback={<p className="muted">…</p>}>
            <Visitor />
          </Suspense>
        </Boundary>
      </header>
      <Connection />
      <Version />
      <div className="columns">
        <main id="products" tabIndex={-1}>
          <Catalogue />
        </main>
        <aside>
          <Boundary>
            <Suspense fallback={<Loading what="your basket" />}>
              <Own />
            </Suspense>
          </Boundary>
          <Question />
        </aside>
      </div>
    </BasketProvider>
  );
}

/** What belongs to who is logged in. */
function Own(): ReactElement {
  const visitor = useCurrentUser();
  if (visitor === null) return <Basket customer={null} />;
  return (
    <UserContext user_id={visitor.id}>
      <Basket customer={visitor.id} />
      <Boundary>
        <Suspense fallback={<Loading what="your orders" />}>
          <Account visitor={visitor} />
        </Suspense>
      </Boundary>
    </UserContext>
  );
}

function Loading({ what }: { readonly what: string }): ReactElement {
  return (
    <p className="card muted" role="status">
      Fetching {what} …
    </p>
  );
}
