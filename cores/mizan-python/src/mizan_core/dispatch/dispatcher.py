"""Every decision of protocol.md section 9 and the order of the steps, without I/O.

``call``, ``fetch`` and ``session`` are generators: they yield effects (``effects.py``) and return a reply. They raise
nothing: whatever goes wrong becomes an error response.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator
from threading import Lock
from typing import Any

from mizan_core.dispatch.body import check_content_type, read_call
from mizan_core.dispatch.effects import Assume, Effect, Identify, Invoke, InvokeAll, IssueCsrfToken, ReadBody, Steps
from mizan_core.dispatch.endpoint import Endpoint, Outcome
from mizan_core.dispatch.envelope import encode_with_nested, header_of
from mizan_core.dispatch.interface import Interface
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
                self._interface = Interface(self._registry, self._load_settings(), self._current_user)
            return self._interface

    def reset(self) -> None:
        """Forget the settings: they have changed."""
        with self._compiling:
            self._interface = None

    def call(self, method: str, content_type: str | None, token: str | None) -> Steps:
        """``POST call/``."""
        return _answered("call/", self._call(method, content_type, token))

    def fetch(self, method: str, context: str, query: str, token: str | None) -> Steps:
        """``GET ctx/<name>/``."""
        return _answered("ctx/", self._fetch(method, context, query, token))

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
        outcome: Outcome = yield from _run(f"function {endpoint.name}", endpoint.invocation(arguments))
        return _call_reply(interface, endpoint, scope, outcome)

    def _fetch(self, method: str, context: str, query: str, token: str | None) -> Steps:
        _check_method(method, _READ)
        interface = self.interface()
        bundle = interface.bundle(context)
        yield from _admit(interface, bundle.endpoints, token, guarded=False)
        arguments = bundle.validate(bundle.read(read_query(query)))
        invocations = [endpoint.invocation(own) for endpoint, own in zip(bundle.endpoints, arguments, strict=True)]
        outcomes: list[Outcome] = yield from _run(f"context {bundle.name}", InvokeAll(tuple(invocations)))
        parts = [(endpoint.name, outcome.result) for endpoint, outcome in zip(bundle.endpoints, outcomes, strict=True)]
        return json_response(ENGINE.encode_bundle(parts), (CACHE_HEADER, "BYPASS"))

    def _session(self, method: str) -> Steps:
        _check_method(method, _READ)
        token = yield IssueCsrfToken()
        return json_response(ENGINE.canonical_json({"csrfToken": token}))


def _admit(
    interface: Interface, endpoints: list[Endpoint], token: str | None, *, guarded: bool
) -> Generator[Effect, Any, None]:
    """A token, if there is one, decides alone; else the framework's own user."""
    if token is not None:
        user = interface.token_user(token)
        yield Assume(user)
        viewer = viewer_of(user)
    else:
        needed = any(endpoint.auth is not None for endpoint in endpoints)
        viewer = (yield Identify(guarded, needed)) if guarded or needed else ANONYMOUS
    for endpoint in endpoints:
        yield from _authorize(endpoint, viewer)


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


def _call_reply(interface: Interface, endpoint: Endpoint, scope: dict[str, Any], outcome: Outcome) -> Reply:
    nested = [entry for call in outcome.nested for entry in interface.nested_entries(call)]
    if endpoint.is_view:
        return _view_reply(interface, endpoint, scope, outcome, nested)
    if interface.is_builtin(endpoint):
        return json_response(b'{"result":' + outcome.result + b"}")
    if nested:
        body, header = encode_with_nested(interface.graph, endpoint.name, scope, outcome.result, nested)
        return json_response(body, (INVALIDATE_HEADER, header))
    body, own_header, _ = ENGINE.encode_response(interface.graph, endpoint.name, scope, outcome.result)
    return json_response(body) if own_header is None else json_response(body, (INVALIDATE_HEADER, own_header))


def _view_reply(
    interface: Interface, endpoint: Endpoint, scope: dict[str, Any], outcome: Outcome, nested: list[Any]
) -> PassThrough:
    entries = [*(ENGINE.compute_invalidation(interface.graph, endpoint.name, scope) or []), *nested]
    headers = (NO_STORE, (INVALIDATE_HEADER, header_of(entries))) if entries else (NO_STORE,)
    return PassThrough(outcome.result, headers)
