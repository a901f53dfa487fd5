import { Suspense, type ReactElement } from "react";

import { Account } from "../account";
import { MizanHydration, UserContext, useCurrentUser } from "../mizan";
import { globalContext, userContext } from "../mizan/functions";
import { getMizanHydration } from "../mizan/server";
import { shopFor } from "../shop.server";
import type { Route } from "./+types/account";

export async function loader({ request }: Route.LoaderArgs) {
  const shop = shopFor(request);
  const { current_user: visitor } = await shop.read(globalContext, {});
  return { hydration: await getMizanHydration(shop, visitor === null ? [] : [[userContext, { user_id: visitor.id }]]) };
}

export const clientLoader = () => ({ hydration: [] });

export default function AccountPage({ loaderData }: Route.ComponentProps): ReactElement {
  return (
    <MizanHydration state={loaderData.hydration}>
      <Suspense fallback={<p role="status">Fetching your orders …</p>}>
        <Own />
      </Suspense>
    </MizanHydration>
  );
}

function Own(): ReactElement {
  const visitor = useCurrentUser();
  if (visitor === null) return <p>Log in to see your orders.</p>;
  return (
    <UserContext user_id={visitor.id}>
      <Account />
    </UserContext>
  );
}
