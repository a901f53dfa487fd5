"""Answering an HTTP request: what HTTP says of it, then the flow, then what HTTP says of the outcome.

The functions are coroutines that wait for nothing but their port. They raise nothing: whatever goes wrong becomes an
error response.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, TypeAlias

from mizan_core.call.asked import Fetch
from mizan_core.call.dispatcher import Dispatcher
from mizan_core.call.flow import admit, answer_call, answer_fetch, refused
from mizan_core.call.outcome import CallOutcome, Dressed, Fetched, Refused, Result, ViewResponse
from mizan_core.call.progress import Failure, Progress
from mizan_core.engine import ENGINE
from mizan_core.errors import APIError, InternalError, MethodNotAllowed, UnsupportedMediaType
from mizan_core.http.parts import AnsweredPart, answer_part
from mizan_core.http.port import HttpPort
from mizan_core.http.reading import check_head, read_call, read_pairs, read_query
from mizan_core.http.response import (
    BYPASS_HEADERS,
    CACHE_REASON_HEADER,
    HIT_HEADERS,
    MISS_HEADERS,
    SCOPE_HEADER,
    Headers,
    PassThrough,
    Reply,
    Response,
    bundles_response,
    dressed_reply,
    error_headers,
    error_part,
    error_response,
    fetched_part,
    json_response,
    marks,
    result_response,
    tags_header,
    view_headers,
)
from mizan_core.http.shown import ShownBundles
from mizan_core.http.uploading import answer_upload, is_multipart
from mizan_core.interface.interface import Bundle, Interface, Selection

_READ = ("GET", "HEAD")
ShowError: TypeAlias = "Callable[[APIError, Exception], Coroutine[Any, Any, Any]]"


async def post_call(
    dispatcher: Dispatcher,
    port: HttpPort,
    method: str,
    content_type: str | None,
    token: str | None,
    named: str | None = None,
) -> Reply:
    """``POST call/``, and ``POST call/<fn>/``.

    :param named: the function that the URL names.
    """
    progress = Progress("call/")
    try:
        check_head(method, content_type)
        interface = dispatcher.interface()
        call = read_call(await port.read_body(interface.settings.max_body_bytes), named, token)
        shown = ShownBundles(port, interface, call) if call.shown else None
    except UnsupportedMediaType as error:
        if not is_multipart(content_type):
            return await refusal(port, known(dispatcher), refused(port, progress, error))
        return await _post_upload(dispatcher, port, content_type or "", token, named, progress)
    except Exception as error:  # noqa: BLE001 - whatever middleware raises
        return await refusal(port, known(dispatcher), refused(port, progress, error))
    outcome = await answer_call(port, interface, call, progress)
    if type(outcome) is Result:
        refresh = None if shown is None else await shown.read(outcome, progress.viewer)
        return result_response(outcome, marks(interface, progress.viewer), refresh)
    if type(outcome) is Dressed:
        refresh = None if shown is None else await shown.read(outcome.result, progress.viewer)
        return dressed_reply(outcome, marks(interface, progress.viewer), refresh)
    if type(outcome) is ViewResponse:
        headers = view_headers(outcome.stale, marks(interface, progress.viewer))
        return PassThrough(outcome.response, headers, outcome.purges)
    return await refusal(port, interface, outcome)


async def _post_upload(
    dispatcher: Dispatcher, port: HttpPort, content_type: str, token: str | None, named: str | None, progress: Progress
) -> Reply:
    try:
        if named is None:
            raise UnsupportedMediaType("Files go to call/<function>/.")  # noqa: TRY301 - it is answered here
        interface = dispatcher.interface()
    except Exception as error:  # noqa: BLE001 - whatever settings raise
        return await refusal(port, known(dispatcher), refused(port, progress, error))
    outcome = await answer_upload(port, interface, named, content_type, token, progress)
    return await answered(port, interface, outcome, progress)


async def answered(
    port: HttpPort, interface: Interface, outcome: CallOutcome, progress: Progress, page: ShowError | None = None
) -> Reply:
    """The reply that an outcome is written as.

    :param page: as of ``refusal``.
    """
    if type(outcome) is Refused:
        return await refusal(port, interface, outcome, page)
    own = marks(interface, progress.viewer)
    if type(outcome) is Dressed:
        return dressed_reply(outcome, own)
    if type(outcome) is ViewResponse:
        return PassThrough(outcome.response, view_headers(outcome.stale, own), outcome.purges)
    return result_response(outcome, own)


async def get_bundle(
    dispatcher: Dispatcher,
    port: HttpPort,
    method: str,
    context: str,
    query: str,
    token: str | None,
) -> Reply:
    """``GET ctx/<name>/``."""
    progress = Progress("ctx/")

    try:
        _check_read(method)
        interface = dispatcher.interface()
    except Exception as error:  # noqa: BLE001 - whatever settings raise
        return await refusal(port, known(dispatcher), refused(port, progress, error))

    def read(bundle: Bundle) -> Selection:
        return interface.select(bundle, query, read_query)

    fetch = Fetch(context, read, token, port.header, port.has_credentials)
    outcome = await answer_fetch(port, interface, fetch, progress)
    if type(outcome) is Refused:
        return await refusal(port, interface, outcome)
    return Response(200, _fetched_headers(port, interface, outcome, progress), outcome.body)


async def get_bundles(dispatcher: Dispatcher, port: HttpPort, method: str, query: str, token: str | None) -> Reply:
    """``GET ctx/``: several fetches, each answered as its own."""
    progress = Progress("ctx/")
    try:
        _check_read(method)
        interface = dispatcher.interface()
        asked = read_pairs(query)
        await admit(port, interface, (), token, progress, guarded=False)
        works = [partial(answer_part, port.apart(), interface, part, token) for part in asked]
        parts = await port.side_by_side(works)
    except Exception as error:  # noqa: BLE001 - whatever settings and middleware raise
        return await refusal(port, known(dispatcher), refused(port, progress, error))
    done = [part for part in parts if part is not None]
    viewer = next((part.progress.viewer for part in done if part.progress.viewer is not None), progress.viewer)
    written = [_written(part) for part in done]
    failures = [failure for _, failure in written if failure is not None]
    for another in failures[1:]:
        another.log()
    response = bundles_response([text for text, _ in written], marks(interface, viewer))
    return response._replace(failure=failures[0]) if failures else response


def _written(part: AnsweredPart) -> tuple[bytes, Failure | None]:
    """A part of an answer, and what has gone wrong in it in an unforeseen way."""
    outcome, progress = part
    if isinstance(outcome, Fetched):
        return fetched_part(outcome, progress.scope), None
    try:
        return error_part(outcome.error), outcome.failure
    except (TypeError, ValueError) as another:
        failure = progress.failure(another, f"the error {outcome.error.code} cannot be written")
        return error_part(InternalError()), failure


async def get_session(dispatcher: Dispatcher, port: HttpPort, method: str) -> Reply:
    """``GET session/``."""
    progress, interface = Progress("session/"), known(dispatcher)
    try:
        _check_read(method)
        body = ENGINE.canonical_json({"csrfToken": port.issue_csrf_token()})
    except Exception as error:  # noqa: BLE001 - whatever middleware raises
        return await refusal(port, interface, refused(port, progress, error))
    return json_response(body, marks(interface, None))


async def refuse(port: HttpPort, error: Exception) -> Reply:
    """The answer to what the framework has raised before it let the request through to here."""
    return await refusal(port, None, refused(port, Progress("the dependencies", has_begun=True), error))


def _check_read(method: str) -> None:
    if method not in _READ:
        raise MethodNotAllowed(_READ)


def known(dispatcher: Dispatcher) -> Interface | None:
    """The interface, to say which it is; None where there is none that could be served."""
    try:
        return dispatcher.interface()
    except Exception:  # noqa: BLE001 - whatever settings raise; whoever needs the interface is told
        return None


def _fetched_headers(port: HttpPort, interface: Interface, fetched: Fetched, progress: Progress) -> Headers:
    """What is said of a bundle beside it."""
    own = marks(interface, progress.viewer)
    if progress.scope is not None:
        own = (*own, (SCOPE_HEADER, progress.scope))
    if fetched.bypass is None:
        if progress.context in interface.edge_contexts:
            own = (*own, *tags_header(fetched.tags))
        return (HIT_HEADERS if fetched.is_hit else MISS_HEADERS) + own
    if port.is_debugging():
        own = (*own, (CACHE_REASON_HEADER, str(fetched.bypass)))
    return BYPASS_HEADERS + own


async def refusal(
    port: HttpPort, interface: Interface | None, refused: Refused, page: ShowError | None = None
) -> Reply:
    """The error's envelope, or what the application's own handler makes of the exception.

    :param page: what shows the error to somebody who looks at pages, where that is who asks.
    """
    error, cause, progress, failure = refused
    own = marks(interface, progress.viewer)
    if progress.has_begun or cause is not error:
        try:
            handled = await port.handled(cause)
        except Exception as another:  # noqa: BLE001 - whatever a handler raises
            return _failure_response(refused, own, another, "the exception handler")
        if handled is not None:
            failure = None if handled.is_expected else progress.failure(cause)
            return PassThrough(handled.response, view_headers(progress.stale, own), progress.purges, failure)
    try:
        if page is not None:
            headers = (*view_headers(progress.stale, own), *error_headers(error.headers))
            return PassThrough(await page(error, cause), headers, progress.purges, failure)
        return error_response(error, progress.stale, own)._replace(failure=failure)
    except Exception as another:  # noqa: BLE001 - whatever a page raises
        return _failure_response(refused, own, another, f"the error {error.code} cannot be written")


def _failure_response(refused: Refused, own: Headers, error: Exception, what: str) -> Response:
    progress = refused.progress
    return error_response(InternalError(), progress.stale, own)._replace(failure=progress.failure(error, what))
