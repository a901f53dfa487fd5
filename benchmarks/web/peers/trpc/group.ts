import { z } from "zod";

import { publicProcedure, router } from "./trpc";
import type { Order, Summary } from "./rows";

export const shop$N = router({
  orders: publicProcedure
    .input(z.object({ user_id: z.number().int(), page: z.number().int().default(1) }))
    .query((): Order[] => []),
  order: publicProcedure
    .input(z.object({ user_id: z.number().int(), order_id: z.uuid() }))
    .query((): Order | null => null),
  orderCount: publicProcedure.input(z.object({ user_id: z.number().int() })).query((): number => 0),
  summary: publicProcedure
    .input(z.object({ user_id: z.number().int() }))
    .query(({ input }): Summary => ({ user_id: input.user_id, note: "" })),
  update: publicProcedure
    .input(z.object({ user_id: z.number().int(), note: z.string() }))
    .mutation(({ input }): Summary => input),
});
