import type { ReactElement } from "react";

import type { Category } from "./mizan";

const PATHS: { readonly [category in Category]: string } = {
  tea: "M12 52C10 26 26 12 54 10c2 28-12 44-38 42M16 48C26 36 34 28 44 22",
  coffee: "M32 8c14 4 20 14 20 24S46 52 32 56C18 52 12 42 12 32S18 12 32 8zM34 12c-8 8 6 18-2 40",
  ware: "M14 28h32v14c0 8-6 12-16 12s-16-4-16-12zM46 32h6c4 0 4 12-8 12M24 22h12M30 16v6M14 34L6 28",
};

export function Picture({ category }: { readonly category: Category }): ReactElement {
  return (
    <svg className={`picture ${category}`} viewBox="0 0 64 64" aria-hidden="true">
      <path d={PATHS[category]} fill="none" stroke="currentColor" strokeWidth="3" strokeLinecap="round" />
    </svg>
  );
}
