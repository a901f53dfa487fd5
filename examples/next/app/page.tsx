import type { ReactElement } from "react";

import { Shelves } from "../components/shelves";

export default function Everything(): ReactElement {
  return <Shelves wanted={{}} />;
}
