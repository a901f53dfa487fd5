"""A port that no framework stands behind, for a thread and for an event loop, and an application to ask through it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from copy import copy
from typing import Any, NamedTuple, TypeVar

from pydantic_core import to_json
from typing_extensions import Self

from mizan_core.cache.access import Access
from mizan_core.cache.readings import Readings
from mizan_core.cache.store import Purge, Store
from mizan_core.call.asked import Call, Fetch
from mizan_core.call.dispatcher import Dispatcher, Peers
from mizan_core.call.flow import answer_call, answer_fetch
from mizan_core.call.outcome import CallOutcome, FetchOutcome
from mizan_core.call.port import Port, Work
from mizan_core.call.progress import Progress
from mizan_core.client import client
from mizan_core.coroutines import complete_now, one_by_one, side_by_side, to_the_end
from mizan_core.errors import NotFound
from mizan_core.interface.arguments import JsonArguments
from mizan_core.interface.endpoint import Invocation
from mizan_core.interface.interface import Bundle, Selection
from mizan_core.mwt import MWTUser, create_mwt
from mizan_core.registry import Registry
from mizan_core.settings import Settings
from mizan_core.viewer import ANONYMOUS, Viewer

T = TypeVar("T")
SECRET = "of-the-fake-port-alone-0123456789"
SETTINGS = Settings(mwt_secret=SECRET, cache_secret=SECRET[::-1])
TOKEN = create_mwt({"id": "7"}, SECRET, ttl=86_400)
ADA = Viewer(authenticated=True, id="ada")


class FakePort:
    """A request that nothing carries. It writes down what the flow asks of it, in ``steps``.

    :param viewer: who the framework would say is asking.
    :param failing: what is raised at the step of that name.
    :param waits: whether it lets others run before it does what it is asked, as one for an event loop may.
    """

    def __init__(
        self,
        viewer: Viewer = ANONYMOUS,
        failing: Mapping[str, BaseException] | None = None,
        *,
        waits: bool = False,
        is_undone: bool = False,
        in_transaction: bool = False,
    ) -> None:
        self.steps: list[str] = []
        self._viewer = viewer
        self._failing = failing or {}
        self._waits = waits
        self._is_undone = is_undone
        self._in_transaction = in_transaction
        self.apart_ports: list[FakePort] = []
        self.commits: list[Purge] = []
        """Purges that wait, where the request is inside a transaction."""

    async def identify(self, *, guarded: bool) -> Viewer:
        await self._step("identify" + " guarded" * guarded)
        return self._viewer

    def assume(self, user: MWTUser, check: str) -> None:
        self._note(f"assume {user.id} {check}")

    async def load_user(self, *, at_once: bool) -> None:
        await self._step("load_user" + " at once" * at_once)

    async def invoke(self, invocation: Invocation) -> Any:
        await self._step("invoke")
        return await self._run(invocation)

    def is_undone(self) -> bool:
        return self._is_undone

    async def invoke_all(self, invocations: Sequence[Invocation], readings: Readings | None) -> list[Any]:
        await self._step(f"invoke_all {len(invocations)}" + " watched" * (readings is not None))
        self.readings = readings
        return [await self._run(invocation) for invocation in invocations]

    def apart(self) -> Self:
        twin = copy(self)
        self.apart_ports.append(twin)
        return twin

    async def renew_user(self) -> bool:
        await self._step("renew_user")
        return True

    async def side_by_side(self, works: Sequence[Work[T]], seconds: float | None = None) -> list[T | None]:
        return await side_by_side(works, seconds) if self._waits else one_by_one(works, seconds)

    async def to_the_end(self, work: Coroutine[Any, Any, T]) -> T:
        return await (to_the_end(work) if self._waits else work)

    def access(self, store: Store) -> Access:
        return store.on_loop if self._waits else store.in_thread

    async def purge(self, purge: Purge, *, is_answered: bool = True) -> None:
        await self._step("purge" if is_answered else "purge unanswered")
        if self._in_transaction:
            self.commits.append(purge)
        else:
            await purge.store.purge(self.access(purge.store), purge.tags)

    async def in_transaction(self) -> bool:
        return self._in_transaction

    def translated(self, error: BaseException) -> BaseException:
        return NotFound() if isinstance(error, LookupError) else error

    async def _run(self, invocation: Invocation) -> Any:
        target, arguments, is_async = invocation
        return await target(self, arguments) if is_async else target(self, arguments)

    async def _step(self, name: str) -> None:
        if self._waits:
            await asyncio.sleep(0)
        self._note(name)

    def _note(self, name: str) -> None:
        self.steps.append(name)
        error = self._failing.get(name.partition(" ")[0])
        if error is not None:
            raise error


class Way(NamedTuple):
    """How a port carries requests: in a thread, where nothing waits, or on an event loop, where everything does."""

    waits: bool

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run(coroutine) if self.waits else complete_now(coroutine)

    def port(
        self, viewer: Viewer = ANONYMOUS, failing: Mapping[str, BaseException] | None = None, **kinds: bool
    ) -> FakePort:
        return FakePort(viewer, failing, waits=self.waits, **kinds)


class App:
    """Functions, and how they are asked.

    :param functions: registered under their own names; the values are the options of ``@client``.
    """

    def __init__(
        self,
        functions: Mapping[Callable[..., Any], Mapping[str, Any]],
        settings: Settings = SETTINGS,
        peers: Peers | None = None,
        current_user: Callable[[Any], Any] = lambda _: None,
    ) -> None:
        registry = Registry()
        self.named = {function.__name__: client(**options)(function) for function, options in functions.items()}
        for name, function in self.named.items():
            registry.register(function, name=name)
        self.around = registry.around
        self.dispatcher = Dispatcher(registry, lambda: settings, current_user)
        if peers is not None:
            self.dispatcher.join(peers)

    @property
    def store(self) -> Store:
        caching = self.dispatcher.interface().caching
        assert caching is not None
        return caching.store

    def call(
        self, port: Port, function: str, token: str | None = None, **arguments: Any
    ) -> Coroutine[Any, Any, CallOutcome]:
        asked = Call(function, JsonArguments(to_json(arguments), True, len(arguments)), token)
        return answer_call(port, self.dispatcher.interface(), asked, Progress("test/"))

    def fetch(
        self,
        port: Port,
        context: str,
        token: str | None = None,
        credentials: bool = False,
        headers: Mapping[str, str] | None = None,
        **params: Any,
    ) -> Coroutine[Any, Any, FetchOutcome]:
        def read(bundle: Bundle) -> Selection:
            bundle.check_names(params)
            return bundle.select(params, len(params))

        asked = Fetch(context, read, token, (headers or {}).get, lambda _: credentials)
        return answer_fetch(port, self.dispatcher.interface(), asked, Progress("test/"))
