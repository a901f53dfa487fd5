import { useMizan } from "mizan-react";
import { useRef, useState, type FormEvent, type ReactElement } from "react";

import { useCurrentUser } from "./mizan";
import { sessionOf } from "./session";

/** Who is looking at the page, and a way to become somebody else. */
export function Visitor(): ReactElement {
  const visitor = useCurrentUser();
  const session = sessionOf(useMizan());
  if (visitor === null) return <LogIn />;
  return (
    <p className="visitor">
      <span>
        Hello, <b>{visitor.name}</b>
        {visitor.staff && <span className="badge">staff</span>}
      </span>
      <button type="button" onClick={() => void session.logOut()}>
        Log out
      </button>
    </p>
  );
}

function LogIn(): ReactElement {
  const dialog = useRef<HTMLDialogElement>(null);
  const session = sessionOf(useMizan());
  const [failure, setFailure] = useState<string | null>(null);

  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    setFailure(null);
    try {
      const isKnown = await session.logIn(String(fields.get("username")), String(fields.get("password")));
      if (!isKnown) setFailure("The name or the password is wrong.");
    } catch {
      setFailure("The shop cannot be reached.");
    }
  };
  return (
    <>
      <button type="button" onClick={() => dialog.current?.showModal()}>
        Log in
      </button>
      <dialog ref={dialog} aria-labelledby="login">
        <form onSubmit={(event) => void submit(event)}>
          <h2 id="login">Log in</h2>
          <label>
            Name
            <input name="username" autoComplete="username" required />
          </label>
          <label>
            Password
            <input name="password" type="password" autoComplete="current-password" required />
          </label>
          {failure !== null && <p role="alert">{failure}</p>}
          <p className="actions">
            <button type="button" onClick={() => dialog.current?.close()}>
              Cancel
            </button>
            <button type="submit" className="main">
              Enter
            </button>
          </p>
        </form>
      </dialog>
    </>
  );
}
