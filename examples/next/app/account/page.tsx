import type { ReactElement } from "react";

import { Own } from "../../components/account";
import { MizanHydration } from "../../mizan";
import { globalContext, userContext } from "../../mizan/functions";
import { getMizanHydration } from "../../mizan/server";
import { shop } from "../../shop";

export default async function AccountPage(): Promise<ReactElement> {
  const mizan = await shop();
  const { current_user: visitor } = await mizan.read(globalContext, {});
  const hydration = await getMizanHydration(mizan, visitor === null ? [] : [[userContext, { user_id: visitor.id }]]);
  return (
    <MizanHydration state={hydration}>
      <Own />
    </MizanHydration>
  );
}
