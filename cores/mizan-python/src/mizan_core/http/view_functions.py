"""Requests to the URLs that functions have of their own (protocol.md section 9)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple, TypeAlias

from pydantic_core import from_json

from mizan_core.call.asked import LateCall
from mizan_core.call.dispatcher import Dispatcher
from mizan_core.call.flow import answer_call, refused
from mizan_core.call.progress import Progress
from mizan_core.client.routes import SAFE
from mizan_core.errors import NotFound, UnsupportedMediaType, ValidationFailed
from mizan_core.http.exchange import ShowError, answered, known, refusal
from mizan_core.http.multipart import MultipartReader
from mizan_core.http.port import HttpPort
from mizan_core.http.reading import check_media_type, prefers_html, read_call, read_query
from mizan_core.http.response import Reply
from mizan_core.http.uploading import close, complete, is_multipart, receive
from mizan_core.interface.endpoint import Endpoint
from mizan_core.interface.interface import Interface
from mizan_core.interface.texts import TextReaders
from mizan_core.introspection.urls import Member, Url

_WITHOUT_BODY = SAFE | {"DELETE"}
_Validate: TypeAlias = "Callable[[dict[str, Any], int], dict[str, Any]]"
_FORM = "application/x-www-form-urlencoded"


class ViewRequest(NamedTuple):
    """What a request to such a URL says of itself.

    :param values: the texts in the places of the path, in its order.
    """

    method: str
    values: Sequence[str]
    query: str
    content_type: str | None
    token: str | None
    accept: str | None


async def answer_view(dispatcher: Dispatcher, port: HttpPort, url: Url, asked: ViewRequest, show: ShowError) -> Reply:
    """The answer: the function's own response, or the envelope of what it returns.

    :param port: its CSRF check is the framework's: for every unsafe method, whoever asks.
    :param show: gives the framework response that shows an error to somebody who looks at pages.
    """
    progress = Progress("view/")
    page = show if prefers_html(asked.accept) else None
    try:
        member = url.member(asked.method)
        interface = dispatcher.interface()
    except Exception as error:  # noqa: BLE001 - whatever settings raise
        return await refusal(port, known(dispatcher), refused(port, progress, error), page)
    opened: list[MultipartReader] = []
    read = partial(_arguments, port, interface, member, asked, opened)
    call = LateCall(member.name, read, asked.token, asked.method not in SAFE)
    try:
        outcome = await answer_call(port, interface, call, progress)
    finally:
        close(opened)
    return await answered(port, interface, outcome, progress, page)


async def _arguments(
    port: HttpPort,
    interface: Interface,
    member: Member,
    asked: ViewRequest,
    opened: list[MultipartReader],
    endpoint: Endpoint,
) -> dict[str, Any]:
    """The validated arguments: those of the path, and the others of the query, or else of the body.

    :param opened: gets what has been opened to read the body.
    :raises NotFound: where what stands in the path is no value of its parameter.
    """
    readers = interface.text_readers(member.name)
    placed: dict[str, Any] = {}
    for name, text in zip(member.places, asked.values, strict=True):
        try:
            placed[name] = readers.named[name].read(name, [text])
        except ValidationFailed:
            raise NotFound from None
    others = readers.without(placed)
    is_guarded = asked.token is None and asked.method not in SAFE
    wants_more = not others.is_empty or endpoint.uploads is not None
    number = sum(map(len, asked.values))
    if wants_more and asked.method not in _WITHOUT_BODY and is_multipart(asked.content_type):
        reader = await receive(port, interface, endpoint, asked.content_type or "", opened, is_form=True)
        if is_guarded:
            await port.confirm(reader.texts)
        values = others.read(reader.texts)
        number += sum(len(text) for texts in reader.texts.values() for text in texts)
        validate: _Validate = partial(complete, endpoint, reader=reader)
    else:
        if asked.method not in _WITHOUT_BODY:
            await port.keep_body(interface.settings.max_body_bytes if wants_more else None)
        if is_guarded:
            await port.confirm(None)
        values, more = await _given(port, interface, member, asked, others) if wants_more else ({}, 0)
        number += more
        validate = endpoint.validate
    return _validated(validate, values, placed, number)


def _validated(
    validate: _Validate,
    values: dict[str, Any],
    placed: Mapping[str, Any],
    number: int,
) -> dict[str, Any]:
    twice = sorted(values.keys() & placed.keys())
    if twice:
        raise ValidationFailed(details={name: ["Extra inputs are not permitted"] for name in twice})
    try:
        return validate({**values, **placed}, number)
    except ValidationFailed as error:
        if any(str(path).partition(".")[0] in placed for path in error.details):
            raise NotFound from None
        raise


async def _given(
    port: HttpPort, interface: Interface, member: Member, asked: ViewRequest, readers: TextReaders
) -> tuple[dict[str, Any], int]:
    """What the query or the body gives for the parameters that the path does not hold, and how many values, at most."""
    if asked.method in _WITHOUT_BODY:
        return readers.read(read_query(asked.query)), len(asked.query)
    body = await port.read_body(interface.settings.max_body_bytes)
    if not body:
        return {}, 0
    if check_media_type(asked.content_type, _FORM):
        return readers.read(read_query(body.decode("latin-1"))), len(body)
    if not check_media_type(asked.content_type, "application/json"):
        raise UnsupportedMediaType("The request body must be application/json, or a form.")
    arguments = read_call(body, member.name).arguments
    return from_json(arguments.text), arguments.values
