import { pass } from "../shop.server";
import type { Route } from "./+types/pass";

export const loader = ({ request }: Route.LoaderArgs): Promise<Response> => pass(request);
export const action = loader;
