"""Every decision of protocol.md section 9 and the order of the steps, without I/O.

``call``, ``fetch`` and ``session`` are generators: they yield effects (``effects.py``) and return a reply. They raise
nothing: whatever goes wrong becomes an error response.
"""

from __future__ import annotations

import logging
from asyncio import CancelledError
from collections.abc import Callable, Generator, Mapping
from threading import Lock
from typing import Any

from mizan_core.cache.counters import COUNTERS
from mizan_core.cache.store import Store
from mizan_core.client.client_function import ClientFunction
from mizan_core.dispatch.body import check_content_type, read_call
from mizan_core.dispatch.caching import BYPASSED, Entry, json_params
from mizan_core.dispatch.effects import (
    Assume,
    Effect,
    Identify,
    Invoke,
    InvokeAll,
    IssueCsrfToken,
    Purge,
    ReadBody,
    Steps,
)
from mizan_core.dispatch.endpoint import Endpoint, NestedCall
from mizan_core.dispatch.envelope import encode_with_nested, header_of
from mizan_core.dispatch.interface import Bundle, Interface
from mizan_core.dispatch.query import read_query
from mizan_core.dispatch.response import (
    CACHE_HEADER,
    INVALIDATE_HEADER,
    NO_STORE,
    PassThrough,
    Reply,
    Response,
    error_response,
    json_response,
)
from mizan_core.engine import ENGINE
from mizan_core.errors import (
    APIError,
    Forbidden,
    InternalError,
    MethodNotAllowed,
    Unauthorized,
)
from mizan_core.registry import Registry
from mizan_core.settings import Settings
from mizan_core.viewer import ANONYMOUS, Viewer, viewer_of

_log = logging.getLogger("mizan.dispatch")
_READ = ("GET", "HEAD")
_CALL = ("POST",)


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
        settings = self._load_settings()
        if self._store is None:
            self._store = settings.open_store()
        return Interface(self._registry, settings, self._current_user, self._store)

    def reset(self) -> None:
        """Forget the settings: they have changed."""
        with self._compiling:
            self._interface = None
            self._store = None

    def purge_named(self, context: str, params: Mapping[str, Any]) -> Purge | None:
        """What makes the cached bundles of a context stale, all of them or those of some parameters.

        For an adapter to perform; None when there is no cache.

        :raises ValueError: for a context or a parameter that is not registered, or a value of another type.
        """
        interface = self.interface()
        return _purge_of(interface, interface.named_purge_tags(context, params))

    def purge_called(self, function: ClientFunction[..., Any], arguments: Mapping[str, Any]) -> Purge | None:
        """As ``purge_named``, for what a call that server code made outside a request has changed."""
        interface = self.interface()
        return _purge_of(interface, interface.nested_purge_tags([NestedCall(function, arguments)]))

    def call(self, method: str, content_type: str | None, token: str | None) -> Steps:
        """``POST call/``."""
        return _answered("call/", self._call(method, content_type, token))

    def fetch(
        self, method: str, context: str, query: str, token: str | None, header: Callable[[str], str | None]
    ) -> Steps:
        """``GET ctx/<name>/``.

        :param header: gives the value of a request header by its lower-case name.
        """
        return _answered("ctx/", self._fetch(method, context, query, token, header))

    def session(self, method: str) -> Steps:
        """``GET session/``."""
        return _answered("session/", self._session(method))

    def _call(self, method: str, content_type: str | None, token: str | None) -> Steps:
        _check_method(method, _CALL)
        check_content_type(content_type)
        interface = self.interface()
        body = read_call((yield ReadBody(interface.settings.max_body_bytes)))
        endpoint = interface.endpoint(body.function)
        if endpoint.private:
            raise Forbidden("This function is private.")
        yield from _admit(interface, [endpoint], token, guarded=True)
        arguments = endpoint.validate(body.arguments)
        scope = endpoint.scope_values(arguments)
        calls: list[NestedCall] = []
        try:
            result = yield from _run(f"function {endpoint.name}", endpoint.invocation(arguments, calls))
        except (InternalError, CancelledError):
            # It may have written before it failed.
            yield from _purge(interface, interface.purge_tags(endpoint, scope, calls))
            raise
        except APIError:
            yield from _purge(interface, interface.nested_purge_tags(calls))
            raise
        yield from _purge(interface, interface.purge_tags(endpoint, scope, calls))
        return _call_reply(interface, endpoint, scope, result, calls)

    def _fetch(
        self, method: str, context: str, query: str, token: str | None, header: Callable[[str], str | None]
    ) -> Steps:
        _check_method(method, _READ)
        interface = self.interface()
        bundle = interface.bundle(context)
        identifies = interface.caching is not None and bundle.policy is not None and not bundle.policy.shared
        viewer = yield from _admit(interface, bundle.endpoints, token, guarded=False, needed=identifies)
        arguments = bundle.validate(bundle.read(read_query(query)))
        entry = _cache_entry(interface, bundle, arguments, viewer, header)
        if interface.caching is None or entry is None:
            COUNTERS.count("bypasses")
            body = yield from _build(interface, bundle, arguments)
            return json_response(body, (CACHE_HEADER, BYPASSED))
        body, word = yield from interface.caching.fetch(entry, lambda: _build(interface, bundle, arguments))
        return json_response(body, (CACHE_HEADER, word))

    def _session(self, method: str) -> Steps:
        _check_method(method, _READ)
        token = yield IssueCsrfToken()
        return json_response(ENGINE.canonical_json({"csrfToken": token}))


def _admit(
    interface: Interface, endpoints: list[Endpoint], token: str | None, *, guarded: bool, needed: bool = False
) -> Generator[Effect, Any, Viewer]:
    """A token, if there is one, decides alone; else the framework's own user, who is looked for where *needed*."""
    if token is not None:
        user = interface.token_user(token)
        yield Assume(user)
        viewer = viewer_of(user)
    else:
        needed = needed or any(endpoint.auth is not None for endpoint in endpoints)
        viewer = (yield Identify(guarded, needed)) if guarded or needed else ANONYMOUS
    for endpoint in endpoints:
        yield from _authorize(endpoint, viewer)
    return viewer


def _cache_entry(
    interface: Interface,
    bundle: Bundle,
    arguments: list[dict[str, Any]],
    viewer: Viewer,
    header: Callable[[str], str | None],
) -> Entry | None:
    """Where the bundle is cached; None when it is not."""
    params = json_params(bundle.endpoints, arguments)
    if interface.caching is None or bundle.policy is None or params is None:
        return None
    return interface.caching.entry(bundle.name, bundle.policy, params, viewer, header)


def _build(interface: Interface, bundle: Bundle, arguments: list[dict[str, Any]]) -> Generator[Effect, Any, bytes]:
    """Run the functions of a bundle. They are to read, but a mutation that one of them calls is none the less one."""
    calls: list[NestedCall] = []
    invocations = [endpoint.invocation(own, calls) for endpoint, own in zip(bundle.endpoints, arguments, strict=True)]
    try:
        results = yield from _run(f"context {bundle.name}", InvokeAll(tuple(invocations)))
    except (APIError, CancelledError):
        yield from _purge(interface, interface.nested_purge_tags(calls))
        raise
    yield from _purge(interface, interface.nested_purge_tags(calls))
    return ENGINE.encode_bundle(list(zip((endpoint.name for endpoint in bundle.endpoints), results, strict=True)))


def _purge(interface: Interface, tags: list[str]) -> Generator[Effect, Any, None]:
    purge = _purge_of(interface, tags)
    if purge is not None:
        yield purge


def _purge_of(interface: Interface, tags: list[str]) -> Purge | None:
    return Purge(interface.caching.store, tags) if interface.caching is not None and tags else None


def _answered(place: str, steps: Steps) -> Steps:
    """*steps*, with every exception turned into its response."""
    try:
        return (yield from steps)
    except APIError as error:
        return _error_response(place, error)
    except Exception:  # noqa: BLE001 - whatever user code raises; it is logged, and the client learns nothing of it
        _log.exception("A request to %s failed", place)
        return error_response(InternalError())


def _run(what: str, effect: Effect) -> Generator[Effect, Any, Any]:
    """Perform *effect*, which runs user code; the log says *what* failed in an unforeseen way."""
    try:
        return (yield effect)
    except APIError:
        raise
    except Exception as error:
        _log.exception("The %s failed", what)
        raise InternalError from error


def _error_response(place: str, error: APIError) -> Response:
    try:
        return error_response(error)
    except ValueError:
        _log.exception("The %s error of a request to %s has no JSON form", error.code, place)
        return error_response(InternalError())


def _check_method(method: str, allowed: tuple[str, ...]) -> None:
    if method not in allowed:
        raise MethodNotAllowed(allowed)


def _authorize(endpoint: Endpoint, viewer: Viewer) -> Generator[Effect, Any, None]:
    auth = endpoint.auth
    if auth is None:
        return
    if callable(auth):
        allowed = yield Invoke(lambda request, _: auth(request), {}, endpoint.is_auth_async)
    elif auth == "staff":
        allowed = viewer.staff
    elif auth == "superuser":
        allowed = viewer.superuser
    else:
        allowed = viewer.authenticated
    if allowed is not True and not viewer.authenticated:
        raise Unauthorized
    if allowed is not True:
        raise Forbidden


def _call_reply(
    interface: Interface, endpoint: Endpoint, scope: dict[str, Any], result: Any, calls: list[NestedCall]
) -> Reply:
    nested = [entry for call in calls for entry in interface.nested_entries(call)]
    if endpoint.is_view:
        return _view_reply(interface, endpoint, scope, result, nested)
    if interface.is_builtin(endpoint):
        return json_response(b'{"result":' + result + b"}")
    if nested:
        body, header = encode_with_nested(interface.graph, endpoint.name, scope, result, nested)
        return json_response(body, (INVALIDATE_HEADER, header))
    body, own_header, _ = ENGINE.encode_response(interface.graph, endpoint.name, scope, result)
    return json_response(body) if own_header is None else json_response(body, (INVALIDATE_HEADER, own_header))


def _view_reply(
    interface: Interface, endpoint: Endpoint, scope: dict[str, Any], response: Any, nested: list[Any]
) -> PassThrough:
    entries = [*(ENGINE.compute_invalidation(interface.graph, endpoint.name, scope) or []), *nested]
    headers = (NO_STORE, (INVALIDATE_HEADER, header_of(entries))) if entries else (NO_STORE,)
    return PassThrough(response, headers)
