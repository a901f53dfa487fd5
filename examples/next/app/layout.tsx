import type { Metadata } from "next";
import Link from "next/link";
import type { ReactElement, ReactNode } from "react";

import { Visitor } from "../components/visitor";
import { MizanContext } from "../mizan";
import { globalContext } from "../mizan/functions";
import { getMizanHydration } from "../mizan/server";
import { shop } from "../shop";
import "./style.css";

export const metadata: Metadata = { title: "Tea shop", icons: "data:," };

export default async function Layout({ children }: { readonly children: ReactNode }): Promise<ReactElement> {
  const hydration = await getMizanHydration(await shop(), [[globalContext]]);
  return (
    <html lang="en">
      <body>
        <MizanContext hydration={hydration}>
          <header>
            <nav>
              <Link href="/">Everything</Link>
              <Link href="/shelves/tea">Tea</Link>
              <Link href="/shelves/coffee">Coffee</Link>
              <Link href="/account">Account</Link>
            </nav>
            <Visitor />
          </header>
          <main>{children}</main>
        </MizanContext>
      </body>
    </html>
  );
}
