import { closeWindow } from "mizan-fixture/dom";

import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import assert from "node:assert/strict";
import test, { after, afterEach } from "node:test";
import { Server } from "mizan-fixture";
import { getMizan, Mizan } from "mizan-runtime";
import { Component, StrictMode, Suspense, startTransition, useState, type ReactNode } from "react";

import { useMizan } from "../src/index.js";
import {
  AccountProvider,
  DjangoContext,
  MizanContext,
  UserContext,
  useCurrentUser,
  usePing,
  useRename,
  useTeam,
  useUserOrders,
  useUserProfile,
  useUserStatus,
} from "./shop.js";

afterEach(cleanup);
after(closeWindow);

// Here it comes from a disk, and from nowhere a second time.
await new Mizan({ tabs: false }).calling();

/** Let what is under way come to rest. */
async function rest(): Promise<void> {
  await act(async () => {
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
  });
}

function started() {
  const server = new Server();
  return { server, mizan: new Mizan({ baseUrl: "/api/mizan", fetch: server.fetch, retries: 0, tabs: false }) };
}

function shown(): string {
  return document.body.textContent ?? "";
}

function Name({ id }: { readonly id?: number }) {
  const profile = useUserProfile(id === undefined ? undefined : { user_id: id });
  return <b>{profile.name};</b>;
}

function Orders() {
  return <i>{useUserOrders().join()};</i>;
}

function within(mizan: Mizan, children: ReactNode) {
  return (
    <MizanContext client={mizan}>
      <Suspense fallback="loading">{children}</Suspense>
    </MizanContext>
  );
}

test("components share one read of their context, in StrictMode too", async () => {
  const { server, mizan } = started();
  render(
    <StrictMode>
      {within(
        mizan,
        <UserContext user_id={1}>
          {Array.from({ length: 50 }, (_, index) => (
            <Name key={index} />
          ))}
          <Orders />
        </UserContext>,
      )}
    </StrictMode>,
  );
  assert.match(shown(), /loading/);
  await rest();
  assert.equal(shown(), "Ada;".repeat(50) + "order of Ada;");
  assert.deepEqual(server.requests, ["GET /api/mizan/ctx/user/?user_id=1"]);
});

test("a combination of contexts says to each its own parameters", async () => {
  const { server, mizan } = started();
  const Team = () => <u>{useTeam()};</u>;
  render(
    within(
      mizan,
      <AccountProvider user_id={2} team_id={7}>
        <Name />
        <Team />
      </AccountProvider>,
    ),
  );
  await rest();
  assert.equal(shown(), "Grace;team 7;");
  assert.deepEqual(server.requests.map(decodeURIComponent), [
    "GET /api/mizan/ctx/?global=&team=team_id=7&user=user_id=2",
  ]);
});

test("a global context needs no provider, and without a provider another says what is missing", async () => {
  const { mizan } = started();
  const Current = () => <b>{useCurrentUser()}</b>;
  render(within(mizan, <Current />));
  await rest();
  assert.equal(shown(), "Ada");
  cleanup();
  assert.match(errorOf(within(mizan, <Name />)), /no provider of "user"/);
});

test("what stands around no component is said at length while a page is made, and shortly where it is used", () => {
  const { mizan } = started();
  assert.equal(errorOf(<Name id={1} />), "Error: There is no <MizanContext> around this component.");
  const { NODE_ENV } = process.env;
  process.env["NODE_ENV"] = "production";
  try {
    assert.equal(errorOf(<Name id={1} />), "Error: No client");
    assert.equal(errorOf(within(mizan, <Name />)), "Error: No user");
  } finally {
    if (NODE_ENV === undefined) delete process.env["NODE_ENV"];
    else process.env["NODE_ENV"] = NODE_ENV;
  }
});

/** Why *children* cannot be shown. */
function errorOf(children: ReactNode): string {
  const errors: unknown[] = [];
  render(<Boundary told={errors}>{children}</Boundary>, { onCaughtError: () => undefined });
  cleanup();
  return String(errors[0]);
}

class Boundary extends Component<
  { readonly children: ReactNode; readonly told?: unknown[] },
  { readonly error: unknown }
> {
  override state = { error: null as unknown };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    if (this.state.error === null) return this.props.children;
    if (this.props.told?.at(-1) !== this.state.error) this.props.told?.push(this.state.error);
    return <Retry again={() => this.setState({ error: null })} />;
  }
}

function Retry({ again }: { readonly again: () => void }) {
  const mizan = useRetry();
  return (
    <button
      onClick={() => {
        mizan?.retry();
        again();
      }}
    >
      failed
    </button>
  );
}

function useRetry(): Mizan | null {
  try {
    return useMizan();
  } catch {
    return null;
  }
}

test("what cannot be read is thrown to the error boundary, and tried again from there", async () => {
  const { server, mizan } = started();
  server.failure = { status: 500, code: "INTERNAL_ERROR" };
  render(
    within(
      mizan,
      <Boundary>
        <Name id={1} />
      </Boundary>,
    ),
    { onCaughtError: () => undefined },
  );
  await rest();
  assert.equal(shown(), "failed");
  assert.equal(server.requests.length, 1);
  server.failure = null;
  fireEvent.click(screen.getByText("failed"));
  await rest();
  assert.equal(shown(), "Ada;");
  assert.equal(server.requests.length, 2);
});

test("a later failure leaves what is shown, and is told by the status", async () => {
  const { server, mizan } = started();
  const State = () => {
    const { error, isFetching, isStale } = useUserStatus();
    return <i>{`${error === null ? "well" : "failed"} ${isFetching} ${isStale}`}</i>;
  };
  render(
    within(
      mizan,
      <UserContext user_id={1}>
        <Name />
        <State />
      </UserContext>,
    ),
  );
  await rest();
  assert.equal(shown(), "Ada;well false false");
  server.failure = { status: 503, code: "UNAVAILABLE" };
  act(() => mizan.invalidate(["user"]));
  await rest();
  assert.equal(shown(), "Ada;failed false true");
});

test("startTransition keeps the old parameters' content until the new is there", async () => {
  const { server, mizan } = started();
  let select: (id: number) => void = () => undefined;
  const Selected = () => {
    const [id, setId] = useState(1);
    select = setId;
    return <Name id={id} />;
  };
  render(within(mizan, <Selected />));
  await rest();
  server.hold();
  act(() => startTransition(() => select(2)));
  assert.equal(shown(), "Ada;");
  await act(async () => server.release());
  await rest();
  assert.equal(shown(), "Grace;");
});

test("a rename is shown before the answer, merged with it, and costs one call and one read", async () => {
  const { server, mizan } = started();
  let mutate: (name: string) => Promise<unknown> = () => Promise.resolve();
  const states: boolean[] = [];
  const Renaming = () => {
    const call = useRename({
      optimistic: ({ user_id, name }) => ({ user: { user_profile: () => ({ id: user_id, name }) } }),
    });
    mutate = (name) => call.mutate({ user_id: 1, name });
    states.push(call.isPending);
    return null;
  };
  render(
    within(
      mizan,
      <UserContext user_id={1}>
        <Name />
        <Orders />
        <Renaming />
      </UserContext>,
    ),
  );
  await rest();
  server.requests.length = 0;
  server.hold();
  act(() => void mutate("Ada L."));
  assert.equal(shown(), "Ada L.;order of Ada;");
  await act(async () => server.release());
  await rest();
  assert.equal(shown(), "Ada L.;order of Ada L.;");
  assert.deepEqual(
    server.requests.filter((request) => !request.includes("session")),
    ["POST /api/mizan/call/", "GET /api/mizan/ctx/user/?user_id=1"],
  );
  assert.ok(states.includes(true) && states.at(-1) === false);
});

test("a refused rename is taken back, and its error is a value for those who ask so", async () => {
  const { server, mizan } = started();
  let safe: () => Promise<unknown> = () => Promise.resolve();
  let told: unknown = null;
  const Renaming = () => {
    const call = useRename({ optimistic: () => ({ user: { user_profile: () => ({ id: 1, name: "draft" }) } }) });
    safe = () => call.safe({ user_id: 1, name: "x" });
    told = call.error?.code;
    return null;
  };
  render(
    within(
      mizan,
      <UserContext user_id={1}>
        <Name />
        <Renaming />
      </UserContext>,
    ),
  );
  await rest();
  server.failure = { status: 409, code: "CONFLICT" };
  let outcome: unknown;
  act(() => void safe().then((value) => (outcome = value)));
  assert.equal(shown(), "draft;");
  await rest();
  assert.equal(shown(), "Ada;");
  assert.equal(told, "CONFLICT");
  assert.equal((outcome as { ok: boolean }).ok, false);
});

test("a function is called as one, without arguments where it has none", async () => {
  const { mizan } = started();
  let ping: () => Promise<string> = () => Promise.resolve("");
  let data: string | undefined;
  const Pinging = () => {
    const call = usePing();
    ping = call;
    data = call.data;
    return null;
  };
  render(<DjangoContext client={mizan}>{<Pinging />}</DjangoContext>);
  let result = "";
  await act(async () => void (result = await ping()));
  assert.equal(result, "pong");
  assert.equal(data, "pong");
});

test("what a page shows first comes with one request", async () => {
  const { server, mizan } = started();
  const Current = () => <b>{useCurrentUser()};</b>;
  render(
    within(
      mizan,
      <UserContext user_id={1}>
        <UserContext user_id={2}>
          <Current />
          <Name />
          <Name id={1} />
        </UserContext>
      </UserContext>,
    ),
  );
  await rest();
  assert.equal(shown(), "Ada;Grace;Ada;");
  assert.deepEqual(server.requests, ["GET /api/mizan/ctx/?user=user_id%3D1&user=user_id%3D2&global="]);
});

test("a call's state is of the last call, and can be forgotten", async () => {
  const { server, mizan } = started();
  let call = null as ReturnType<typeof useRename> | null;
  const Renaming = () => {
    call = useRename();
    return null;
  };
  render(within(mizan, <Renaming />));
  await act(async () => void (await call?.({ user_id: 1, name: "A" })));
  assert.equal(call?.data?.name, "A");
  server.failure = { status: 422, code: "VALIDATION_ERROR" };
  await act(async () => {
    await assert.rejects(async () => call?.mutate({ user_id: 1, name: "" }), { code: "VALIDATION_ERROR" });
  });
  assert.equal(call?.error?.isValidationError(), true);
  act(() => call?.reset());
  assert.equal(call?.error, null);
  assert.equal(call?.data, undefined);
});

test("components follow the client that is around them", async () => {
  const [one, other] = [started(), started()];
  other.server.names.set(1, "Alan");
  const page = (mizan: Mizan) => within(mizan, <Name id={1} />);
  const { rerender } = render(page(one.mizan));
  await rest();
  assert.equal(shown(), "Ada;");
  rerender(page(other.mizan));
  await rest();
  assert.equal(shown(), "Alan;");
  one.mizan.invalidate(["user"]);
  await rest();
  assert.equal(one.server.requests.length, 1);
});

test("without a client the components have that of the page, in StrictMode too, and one without a boundary", async () => {
  const { server } = started();
  const seen = new Set<Mizan>();
  const Seen = () => {
    seen.add(useMizan());
    return <Name id={1} />;
  };
  const options = { baseUrl: "/page", fetch: server.fetch, tabs: false };
  const root = (
    <StrictMode>
      <MizanContext {...options}>
        <Seen />
      </MizanContext>
    </StrictMode>
  );
  await act(async () => void render(root));
  await rest();
  assert.equal(shown(), "Ada;");
  assert.deepEqual([...seen], [getMizan()]);
  assert.equal(server.requests.length, 1);
  getMizan().close();
});
