import { notFound } from "next/navigation";
import type { ReactElement } from "react";

import { Shelves } from "../../../components/shelves";

export default async function Category({ params }: PageProps<"/shelves/[category]">): Promise<ReactElement> {
  const { category } = await params;
  if (category !== "tea" && category !== "coffee" && category !== "ware") notFound();
  return <Shelves wanted={{ category }} />;
}
