import type { ReactElement, ReactNode } from "react";
import { Links, Meta, NavLink, Outlet, Scripts, ScrollRestoration } from "react-router";

import { MizanContext } from "./mizan";
import { globalContext } from "./mizan/functions";
import { getMizanHydration } from "./mizan/server";
import { shopFor } from "./shop.server";
import "./style.css";
import { Visitor } from "./visitor";
import type { Route } from "./+types/root";

export async function loader({ request }: Route.LoaderArgs) {
  return { hydration: await getMizanHydration(shopFor(request), [[globalContext]]) };
}

/** It was of use once: from then on the client in the browser keeps itself fresh. */
export const shouldRevalidate = (): boolean => false;

export function Layout({ children }: { readonly children: ReactNode }): ReactElement {
  return (
    <html lang="en">
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>Tea shop</title>
        <link rel="icon" href="data:," />
        <Meta />
        <Links />
      </head>
      <body>
        {children}
        <ScrollRestoration />
        <Scripts />
      </body>
    </html>
  );
}

export default function App({ loaderData }: Route.ComponentProps): ReactElement {
  return (
    <MizanContext hydration={loaderData.hydration}>
      <header>
        <nav>
          <NavLink to="/">Everything</NavLink>
          <NavLink to="/shelves/tea">Tea</NavLink>
          <NavLink to="/shelves/coffee">Coffee</NavLink>
          <NavLink to="/account">Account</NavLink>
        </nav>
        <Visitor />
      </header>
      <main>
        <Outlet />
      </main>
    </MizanContext>
  );
}
