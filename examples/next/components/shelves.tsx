import { Suspense, type ReactElement } from "react";

import { CatalogueContext, MizanHydration, type CatalogueParams } from "../mizan";
import { catalogueContext } from "../mizan/functions";
import { getMizanHydration } from "../mizan/server";
import { shop } from "../shop";
import { Products } from "./products";

/** On the server: reads what is shown. The components in it run on both sides, and in the browser keep it fresh. */
export async function Shelves({ wanted }: { readonly wanted: CatalogueParams }): Promise<ReactElement> {
  const hydration = await getMizanHydration(await shop(), [[catalogueContext, wanted]]);
  return (
    <MizanHydration state={hydration}>
      <CatalogueContext {...wanted}>
        <Suspense fallback={<p role="status">Looking at the shelves …</p>}>
          <Products />
        </Suspense>
      </CatalogueContext>
    </MizanHydration>
  );
}
