import { useState, type ChangeEvent, type ReactElement } from "react";

import { pictureUrl, useSetPicture, type Category, type Product } from "./mizan";

/** What the server takes for a picture. */
const TYPES = "image/png,image/jpeg,image/gif";

const PATHS: { readonly [category in Category]: string } = {
  tea: "M12 52C10 26 26 12 54 10c2 28-12 44-38 42M16 48C26 36 34 28 44 22",
  coffee: "M32 8c14 4 20 14 20 24S46 52 32 56C18 52 12 42 12 32S18 12 32 8zM34 12c-8 8 6 18-2 40",
  ware: "M14 28h32v14c0 8-6 12-16 12s-16-4-16-12zM46 32h6c4 0 4 12-8 12M24 22h12M30 16v6M14 34L6 28",
};

/** Its own, or else a drawing of what kind it is. */
export function Picture({ product }: { readonly product: Product }): ReactElement {
  const { id, name, category, picture } = product;
  if (picture !== null) {
    const source = pictureUrl({ product_id: id, version: picture });
    return <img className="picture own" src={source} alt={`Picture of ${name}`} />;
  }
  return (
    <svg className={`picture ${category}`} viewBox="0 0 64 64" aria-hidden="true">
      <path d={PATHS[category]} fill="none" stroke="currentColor" strokeWidth="3" strokeLinecap="round" />
    </svg>
  );
}

/** For staff: another picture. The answer brings the shelves that show it. */
export function NewPicture({ product: { id, name } }: { readonly product: Product }): ReactElement {
  const [sent, setSent] = useState(0);
  const put = useSetPicture({ onProgress: (sent, total) => setSent(sent / total) });

  const choose = ({ target }: ChangeEvent<HTMLInputElement>): void => {
    const image = target.files?.[0];
    if (image === undefined) return;
    setSent(0);
    // The same file may be chosen once more.
    void put.safe({ product_id: id, image }).finally(() => (target.value = ""));
  };
  return (
    <>
      <label className="button">
        Picture …
        <input
          type="file"
          accept={TYPES}
          aria-label={`Another picture of ${name}`}
          disabled={put.isPending}
          onChange={choose}
        />
      </label>
      {put.isPending && <progress aria-label={`Sending the picture of ${name}`} value={sent} />}
      {put.error !== null && <p role="alert">{put.error.getFieldErrors("image")[0] ?? put.error.message}</p>}
    </>
  );
}
