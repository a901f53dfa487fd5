import { os } from "@orpc/server";
import { z } from "zod";

import type { Order, Summary } from "./rows";

export const shop$N = {
  orders: os
    .input(z.object({ user_id: z.number().int(), page: z.number().int().default(1) }))
    .handler((): Order[] => []),
  order: os.input(z.object({ user_id: z.number().int(), order_id: z.uuid() })).handler((): Order | null => null),
  orderCount: os.input(z.object({ user_id: z.number().int() })).handler((): number => 0),
  summary: os
    .input(z.object({ user_id: z.number().int() }))
    .handler(({ input }): Summary => ({ user_id: input.user_id, note: "" })),
  update: os.input(z.object({ user_id: z.number().int(), note: z.string() })).handler(({ input }): Summary => input),
};
