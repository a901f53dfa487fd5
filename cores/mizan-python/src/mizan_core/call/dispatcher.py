"""Every decision of protocol.md section 9 and the order of the steps, without I/O.

``call``, ``fetch`` and ``session`` are coroutines that wait for nothing but their port (``port.py``). They raise
nothing: whatever goes wrong becomes an error response.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from threading import Lock
from typing import Any
from weakref import WeakSet, finalize

from mizan_core.cache.bypass import Bypass, BypassReason
from mizan_core.cache.readings import Readings
from mizan_core.cache.store import Purge, Store
from mizan_core.call.bundle_cache import bypass, fetch_cached
from mizan_core.call.elsewhere import Elsewhere, announce_purge
from mizan_core.call.failure import Asked, Failure
from mizan_core.call.port import Port
from mizan_core.client import ServerFunction
from mizan_core.engine import ENGINE
from mizan_core.errors import (
    APIError,
    ConfigurationError,
    Forbidden,
    GraphError,
    InternalError,
    MethodNotAllowed,
    Unauthorized,
)
from mizan_core.http.body import check_content_type, read_call
from mizan_core.http.query import read_query
from mizan_core.http.response import (
    INVALIDATE_HEADER,
    NO_STORE,
    Headers,
    PassThrough,
    Reply,
    Response,
    error_response,
    json_response,
)
from mizan_core.interface.caching import Caching, Entry, identify
from mizan_core.interface.endpoint import Blame, Endpoint, Invocation, NestedCall, ScopeArguments
from mizan_core.interface.envelope import encode_with_nested, header_of
from mizan_core.interface.interface import Bundle, Interface
from mizan_core.interface.tracing import announce
from mizan_core.registry import Registry
from mizan_core.settings import ALWAYS, Settings
from mizan_core.viewer import ANONYMOUS, Viewer

_READ = ("GET", "HEAD")


class Peers:
    """The dispatchers of a process, for as long as each is used: what a function makes stale is purged in all."""

    def __init__(self) -> None:
        self._members: WeakSet[Dispatcher] = WeakSet()
        self.changes = 0
        """Grows with every member that comes, goes, or opens its cache."""

    def add(self, dispatcher: Dispatcher) -> None:
        """Include *dispatcher*."""
        self._members.add(dispatcher)
        self.change()
        finalize(dispatcher, self.change)

    def change(self) -> None:
        """Have everybody look again."""
        self.changes += 1

    def __iter__(self) -> Iterator[Dispatcher]:
        return iter(list(self._members))


class Dispatcher:
    """Answers requests for one registry.

    :param load_settings: gives the settings when they are first needed, and after a ``reset``.
    :param current_user: gives the framework's user of a request.
    """

    def __init__(
        self, registry: Registry, load_settings: Callable[[], Settings], current_user: Callable[[Any], Any]
    ) -> None:
        self._registry = registry
        self._load_settings = load_settings
        self._current_user = current_user
        self._interface: Interface | None = None
        self._store: Store | None = None
        self._settings: Settings | None = None
        self._peers: Peers | None = None
        self._others: list[Interface] = []
        self._others_at = 0
        self._compiling = Lock()

    def interface(self) -> Interface:
        """The compiled interface; compiled again only when something has been registered since.

        :raises GraphError: with everything that contradicts itself.
        :raises ConfigurationError: for a setting that cannot be used.
        """
        interface = self._interface
        if interface is not None and interface.version == self._registry.version:
            return interface
        with self._compiling:
            if self._interface is None or self._interface.version != self._registry.version:
                self._interface = self._compile()
            return self._interface

    def _compile(self) -> Interface:
        settings = self._configured()
        if self._store is None:
            self._store = settings.open_store()
        if self._peers is not None:
            self._peers.change()
        return Interface(self._registry, settings, self._current_user, self._store)

    def _configured(self) -> Settings:
        if self._settings is None:
            self._settings = self._load_settings()
        return self._settings

    def join(self, peers: Peers) -> None:
        """From now on be one of *peers*."""
        self._peers = peers
        peers.add(self)

    def others(self) -> Sequence[Interface]:
        """The interfaces of the peers whose cache is another store. They are looked for when something has changed."""
        peers = self._peers
        if peers is not None and peers.changes != self._others_at:
            changes, known = peers.changes, self._configured().shared_store
            found = [peer.stored_apart_from(known) for peer in peers if peer is not self]
            self._others = [interface for interface in found if interface is not None]
            self._others_at = changes
        return self._others

    def stored_apart_from(self, known: object) -> Interface | None:
        """The interface; None when its cache is the *known* shared store, or holds nothing."""
        try:
            own = self._configured().shared_store
            if own == known if own is not None else self._store is None:
                return None
            interface = self.interface()
        except (ConfigurationError, GraphError):  # nobody can serve it
            return None
        return interface if interface.caching is not None else None

    def reset(self) -> None:
        """Forget the settings: they have changed."""
        with self._compiling:
            self._interface = self._settings = None
            abandoned, self._store = self._store, None
        if abandoned is not None:
            abandoned.close()

    def close(self) -> None:
        """End what the cache keeps open for threads; it opens it again when it is used again.

        The store itself is kept: what it knows of an outage must not be forgotten, nor a purge miss its entries.
        """
        if self._store is not None:
            self._store.close()

    async def aclose(self) -> None:
        """As ``close``, and for the running event loop."""
        if self._store is not None:
            await self._store.aclose()

    def contexts(self) -> set[str]:
        """The names of the contexts that have functions."""
        return set(self._registry.get_context_groups())

    def purge_named(self, context: str, params: Mapping[str, Any]) -> Purge | None:
        """What makes the cached bundles of a context stale, all of them or those of some parameters.

        For an adapter to perform; None when there is no cache.

        :raises ValueError: for a context or a parameter that is not registered, or a value of another type.
        """
        return self.interface().named_purge(context, params)

    def purge_called(self, function: ServerFunction, arguments: Mapping[str, Any]) -> Purge | None:
        """As ``purge_named``, for what a call that server code made outside a request has changed."""
        return self.interface().nested_purge([NestedCall(function, arguments)])

    async def call(
        self, port: Port, method: str, content_type: str | None, token: str | None, named: str | None = None
    ) -> Reply:
        """``POST call/``, and ``POST call/<fn>/``.

        :param named: the function that the URL names.
        """
        asked = Asked("call/")
        try:
            return await self._call(port, asked, method, content_type, token, named)
        except Exception as error:  # noqa: BLE001 - whatever user code raises
            return await _error_reply(port, asked, error)

    async def fetch(
        self, port: Port, method: str, context: str, query: str, token: str | None, header: Callable[[str], str | None]
    ) -> Reply:
        """``GET ctx/<name>/``.

        :param header: gives the value of a request header by its lower-case name.
        """
        asked = Asked("ctx/")
        try:
            return await self._fetch(port, asked, method, context, query, token, header)
        except Exception as error:  # noqa: BLE001 - whatever user code raises
            return await _error_reply(port, asked, error)

    async def session(self, port: Port, method: str) -> Reply:
        """``GET session/``."""
        asked = Asked("session/")
        try:
            _check_read(method)
            return json_response(ENGINE.canonical_json({"csrfToken": port.issue_csrf_token()}))
        except Exception as error:  # noqa: BLE001 - whatever middleware raises
            return await _error_reply(port, asked, error)

    async def refuse(self, port: Port, error: Exception) -> Reply:
        """The answer to what the framework has raised before it let the request through to here."""
        return await _error_reply(port, Asked("the dependencies", has_begun=True), error)

    async def _call(
        self, port: Port, asked: Asked, method: str, content_type: str | None, token: str | None, named: str | None
    ) -> Reply:
        if method != "POST":
            raise MethodNotAllowed(("POST",))
        check_content_type(content_type)
        interface = self.interface()
        function, given, values = read_call(await port.read_body(interface.settings.max_body_bytes), named)
        endpoint = interface.endpoint(function)
        asked.function = endpoint.name
        if interface.tracers:
            announce(interface.tracers, asked.name, asked.fields())
        if endpoint.private:
            raise Forbidden("This function is private.")
        await _admit(port, interface, (endpoint,) if endpoint.auth is not None else (), token, guarded=True)
        arguments = endpoint.validate(given, values)
        scope = endpoint.scope_arguments(arguments)
        elsewhere = Elsewhere(self.others, endpoint.function, arguments)
        return await port.to_the_end(_run(port, asked, interface, endpoint, arguments, scope, elsewhere))

    async def _fetch(
        self,
        port: Port,
        asked: Asked,
        method: str,
        context: str,
        query: str,
        token: str | None,
        header: Callable[[str], str | None],
    ) -> Reply:
        _check_read(method)
        interface = self.interface()
        bundle = interface.bundle(context)
        asked.context = bundle.name
        if interface.tracers:
            announce(interface.tracers, asked.name, asked.fields())
        identifies = bundle.is_told_by_viewer and interface.caching is not None
        viewer = await _admit(port, interface, bundle.guarded, token, guarded=False, needed=identifies)
        arguments = bundle.validate(bundle.read(read_query(query)), len(query))

        build = partial(_build, port, asked, interface, bundle, arguments, token is not None, self.others)
        caching = interface.caching
        if caching is None:
            return await bypass(port, context, Bypass(BypassReason.NO_SECRET), build)
        entry = _cache_entry(port, caching, bundle, arguments, viewer, header)
        if isinstance(entry, Bypass):
            return await bypass(port, context, entry, build)
        return await fetch_cached(port, caching, entry, build)


async def _admit(
    port: Port,
    interface: Interface,
    asking: Sequence[Endpoint],
    token: str | None,
    *,
    guarded: bool,
    needed: bool = False,
) -> Viewer:
    """A token, if there is one, decides alone; else the framework's own user, who is looked for where *needed*.

    :param asking: the functions that have an ``auth``.
    """
    if token is not None:
        user = interface.token_user(token)
        check = interface.settings.mwt_check
        port.assume(user, check)
        viewer = user.viewer
        if check == ALWAYS or guarded or (asking and any(endpoint.authorization is not None for endpoint in asking)):
            await port.load_user(at_once=check == ALWAYS)
    else:
        needed = needed or bool(asking)
        viewer = await port.identify(guarded=guarded, needed=needed) if guarded or needed else ANONYMOUS
    for endpoint in asking:
        if endpoint.authorization is not None:
            allowed = await port.invoke(endpoint.authorization) is True
        else:
            allowed = viewer.satisfies(endpoint.auth)
        if not allowed:
            raise Forbidden if viewer.authenticated else Unauthorized
    return viewer


def _cache_entry(
    port: Port,
    caching: Caching,
    bundle: Bundle,
    arguments: list[dict[str, Any]],
    viewer: Viewer,
    header: Callable[[str], str | None],
) -> Entry | Bypass:
    """Where the bundle is cached, or why it is not."""
    if isinstance(bundle.policy, Bypass):
        return bundle.policy
    if not bundle.policy.shared and not viewer.authenticated and port.has_credentials(bundle.policy.vary):
        return Bypass(BypassReason.CREDENTIALS)
    params = identify(bundle.endpoints, arguments)
    if isinstance(params, Bypass):
        return params
    return caching.entry(bundle.name, bundle.policy, params, viewer, header)


async def _run(
    port: Port,
    asked: Asked,
    interface: Interface,
    endpoint: Endpoint,
    arguments: dict[str, Any],
    scope: ScopeArguments,
    elsewhere: Elsewhere,
) -> Reply:
    """Run a function that may write, and purge what it has made stale, whatever ends it."""
    asked.promises = [await announce_purge(port, interface, endpoint), *await elsewhere.announce(port)]
    calls = interface.watch_calls()
    asked.has_begun = True
    try:
        result = await port.invoke(endpoint.invocation(arguments, calls, {}))
    except BaseException:
        made = calls.end()
        if not port.is_undone():
            asked.purges = _needed(interface.purge(endpoint, scope, made), *elsewhere.purges(made))
            asked.stale = interface.stale_entries(endpoint, scope, made)
            await _purge(port, asked.purges)
        raise
    made = calls.end()
    purges = _needed(interface.purge(endpoint, scope, made), *elsewhere.purges(made))
    await _purge(port, purges)
    if endpoint.is_view:
        return _view_reply(interface, endpoint, scope, result, made, purges)
    return _call_reply(interface, endpoint, scope, result, made)


async def _build(
    port: Port,
    asked: Asked,
    interface: Interface,
    bundle: Bundle,
    arguments: list[dict[str, Any]],
    has_token: bool,
    others: Callable[[], Sequence[Interface]],
    readings: Readings | None,
) -> bytes:
    """Run the functions of a bundle. They are to read, but a mutation that one of them calls is none the less one."""
    if has_token:
        await port.load_user(at_once=False)
    calls = interface.watch_calls()
    failed: Blame = {}
    invocations = [
        endpoint.invocation(own, calls, failed) for endpoint, own in zip(bundle.endpoints, arguments, strict=True)
    ]
    if readings is not None:
        invocations = [
            Invocation(readings.told_by(endpoint.name, target, is_async), own, is_async)
            for endpoint, (target, own, is_async) in zip(bundle.endpoints, invocations, strict=True)
        ]
    asked.has_begun = True
    try:
        results = await port.invoke_all(invocations)
    except BaseException as error:
        await _purge_nested(port, interface, others, calls.end())
        asked.function = failed.get(id(error))
        raise
    made = calls.end()
    if made:
        await _purge_nested(port, interface, others, made)
    return ENGINE.encode_bundle(list(zip((endpoint.name for endpoint in bundle.endpoints), results, strict=True)))


def _needed(*purges: Purge | None) -> tuple[Purge, ...]:
    return tuple([purge for purge in purges if purge is not None])


async def _purge(port: Port, purges: Sequence[Purge]) -> None:
    for purge in purges:
        await port.purge(purge)


async def _purge_nested(
    port: Port, interface: Interface, others: Callable[[], Sequence[Interface]], calls: Sequence[NestedCall]
) -> None:
    purges = _needed(*[each.nested_purge(calls) for each in (interface, *others())])
    if purges:
        await port.to_the_end(_purge(port, purges))


async def _error_reply(port: Port, asked: Asked, error: Exception) -> Reply:
    """The answer that an exception becomes; of an unforeseen one the client learns nothing."""
    if asked.has_begun or not isinstance(error, APIError):
        try:
            handled = await port.handled(error)
        except Exception as another:  # noqa: BLE001 - whatever a handler raises
            return _failure_response(asked, asked.failure(another, "the exception handler"))
        if handled is not None:
            failure = None if handled.is_expected else asked.failure(error)
            return PassThrough(handled.response, _view_headers(asked.stale), asked.purges, failure)
    known = port.translated(error)
    if not isinstance(known, APIError):
        return _failure_response(asked, asked.failure(error))
    try:
        return error_response(known, asked.stale)
    except (TypeError, ValueError) as another:
        return _failure_response(asked, asked.failure(another, f"the error {known.code} cannot be written"))


def _failure_response(asked: Asked, failure: Failure) -> Response:
    return error_response(InternalError(), asked.stale)._replace(failure=failure)


def _check_read(method: str) -> None:
    if method not in _READ:
        raise MethodNotAllowed(_READ)


def _call_reply(
    interface: Interface, endpoint: Endpoint, scope: ScopeArguments, result: Any, calls: list[NestedCall]
) -> Reply:
    if interface.is_builtin(endpoint):
        return json_response(b'{"result":' + result + b"}")
    header: str | None
    nested = _nested_entries(interface, calls) if calls else None
    if nested:
        body, header = encode_with_nested(interface.graph, endpoint.name, scope.values, result, nested)
    else:
        body, header, _ = ENGINE.encode_response(interface.graph, endpoint.name, scope.values, result)
    return json_response(body) if header is None else json_response(body, (INVALIDATE_HEADER, header))


def _view_reply(
    interface: Interface,
    endpoint: Endpoint,
    scope: ScopeArguments,
    response: Any,
    calls: list[NestedCall],
    purges: tuple[Purge, ...],
) -> PassThrough:
    own = ENGINE.compute_invalidation(interface.graph, endpoint.name, scope.values) or []
    entries = [*own, *_nested_entries(interface, calls)]
    return PassThrough(response, _view_headers(entries), purges)


def _view_headers(entries: list[Any]) -> Headers:
    return (NO_STORE, (INVALIDATE_HEADER, header_of(entries))) if entries else (NO_STORE,)


def _nested_entries(interface: Interface, calls: list[NestedCall]) -> list[Any]:
    return [entry for call in calls for entry in interface.nested_entries(call)]
