import { Suspense, type ReactElement } from "react";

import { CatalogueContext, MizanHydration, type CatalogueParams } from "../mizan";
import { catalogueContext } from "../mizan/functions";
import { getMizanHydration } from "../mizan/server";
import { Products } from "../products";
import { shopFor } from "../shop.server";
import type { Route } from "./+types/shelves";

/** On the server, for the first page: what it shows is read before it is rendered. */
export async function loader({ request, params }: Route.LoaderArgs) {
  return { hydration: await getMizanHydration(shopFor(request), [[catalogueContext, wanted(params)]]) };
}

/** In the browser nothing has to be loaded for a page: what the client does not know its components read. */
export const clientLoader = () => ({ hydration: [] });

export default function Shelves({ loaderData, params }: Route.ComponentProps): ReactElement {
  return (
    <MizanHydration state={loaderData.hydration}>
      <CatalogueContext {...wanted(params)}>
        <Suspense fallback={<p role="status">Looking at the shelves …</p>}>
          <Products />
        </Suspense>
      </CatalogueContext>
    </MizanHydration>
  );
}

function wanted({ category }: { readonly category?: string | undefined }): CatalogueParams {
  return category === "tea" || category === "coffee" || category === "ware" ? { category } : {};
}
