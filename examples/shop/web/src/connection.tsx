import { useMizan } from "mizan-react";
import { useCallback, useEffect, useState, useSyncExternalStore, type ReactElement } from "react";

/** Says so while there is no network. */
export function Connection(): ReactElement | null {
  const mizan = useMizan();
  const subscribe = useCallback(
    (changed: () => void) => mizan.on((event) => event.kind === "online" && changed()),
    [mizan],
  );
  const isOnline = useSyncExternalStore(subscribe, () => mizan.isOnline);
  if (isOnline) return null;
  return (
    <p className="notice" role="status">
      You are offline. What you see is what was last known.
    </p>
  );
}

/** Says so when the server is of another version than this page. */
export function Version(): ReactElement | null {
  const mizan = useMizan();
  const [isOutdated, setOutdated] = useState(false);
  useEffect(() => mizan.on(({ kind }) => kind === "interface" && setOutdated(true)), [mizan]);
  if (!isOutdated) return null;
  return (
    <p className="notice" role="status">
      There is a newer version of this page.{" "}
      <button type="button" onClick={() => location.reload()}>
        Load it
      </button>
    </p>
  );
}
