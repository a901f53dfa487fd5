import { useMizan } from "mizan-react";
import { useCallback, useSyncExternalStore, type ReactElement } from "react";

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
