import { useMizan } from "mizan-react";
import { useEffect, useState, type FormEvent, type ReactElement } from "react";

import { useCurrentUser } from "./mizan";

/** Who is looking at the page, and a way to become somebody else: both servers of the shop have these two URLs. */
export function Visitor(): ReactElement {
  const visitor = useCurrentUser();
  const mizan = useMizan();
  // To look at it in the browser's console: `mizan.invalidate(["catalogue"])` reads the shelves again.
  useEffect(() => void Object.assign(window, { mizan }), [mizan]);
  if (visitor === null) return <LogIn />;
  const logOut = async (): Promise<void> => {
    await mizan.fetch("/logout/", { method: "POST" });
    mizan.reset();
  };
  return (
    <p className="visitor">
      Hello, <b>{visitor.name}</b>
      <button type="button" onClick={() => void logOut()}>
        Log out
      </button>
    </p>
  );
}

function LogIn(): ReactElement {
  const mizan = useMizan();
  const [isOpen, open] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const { ok } = await mizan.fetch("/login/", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(Object.fromEntries(new FormData(event.currentTarget))),
    });
    // From here on somebody else is asking: nothing that is known may be shown any longer.
    if (ok) mizan.reset();
    else setFailure("The name or the password is wrong.");
  };
  if (!isOpen) {
    return (
      <button type="button" onClick={() => open(true)}>
        Log in
      </button>
    );
  }
  return (
    <form onSubmit={(event) => void submit(event)}>
      <label>
        Name <input name="username" autoComplete="username" required />
      </label>
      <label>
        Password <input name="password" type="password" autoComplete="current-password" required />
      </label>
      <button type="submit">Enter</button>
      {failure !== null && <p role="alert">{failure}</p>}
    </form>
  );
}
