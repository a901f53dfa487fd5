"""``POST call/<fn>/`` with files: who asks is found out, and limits are known, before any of the body is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from pydantic_core import from_json

from mizan_core.call.asked import LateCall
from mizan_core.call.flow import answer_call, refused
from mizan_core.call.outcome import CallOutcome
from mizan_core.call.progress import Progress
from mizan_core.errors import BadRequest, CsrfFailed, NotFound, UnsupportedMediaType, ValidationFailed
from mizan_core.http.multipart import ARGUMENTS, MULTIPART, MultipartReader, longest
from mizan_core.http.port import HttpPort
from mizan_core.http.reading import check_body_headers, check_media_type, read_call
from mizan_core.interface.arguments import JsonArguments
from mizan_core.interface.endpoint import HTTP, Endpoint
from mizan_core.interface.interface import Interface

HEADER = "X-Mizan-Call"
"""Demanded of what a foreign page's form could send: a form sets no headers."""
UNEXPECTED_VALUE = "A file is expected here, in a part of its own"


def is_multipart(content_type: str | None) -> bool:
    """Whether a body is said to have parts."""
    return check_media_type(content_type, MULTIPART)


async def answer_upload(
    port: HttpPort, interface: Interface, name: str, content_type: str, token: str | None, progress: Progress
) -> CallOutcome:
    """As ``answer_call``. The files are there until the function has ended, and are deleted then."""
    opened: list[MultipartReader] = []
    read = partial(_arguments, port, interface, content_type, opened)
    try:
        _check_header(port)
        call = LateCall(name, read, token, guarded=True, carrier=HTTP)
        return await answer_call(port, interface, call, progress)
    except CsrfFailed as error:
        return refused(port, progress, error)
    finally:
        close(opened)


def _check_header(port: HttpPort) -> None:
    if port.header(HEADER.lower()) != "1":
        raise CsrfFailed(f"{HEADER}: 1 is missing; without it a multipart body may be that of a foreign page.")


async def _arguments(
    port: HttpPort, interface: Interface, content_type: str, opened: list[MultipartReader], endpoint: Endpoint
) -> dict[str, Any]:
    if endpoint.uploads is None:
        raise UnsupportedMediaType("This function takes no files: send application/json.")
    reader = await receive(port, interface, endpoint, content_type, opened, is_form=False)
    sent = _sent_arguments(reader.arguments or b"{}", endpoint.name)
    values: dict[str, Any] = from_json(sent.text)
    for root in endpoint.uploads.parameters & values.keys():
        # A client that leaves a place for a file writes null there.
        if values[root] is not None and not _is_empty_list(values[root]):
            raise ValidationFailed(details={root: [UNEXPECTED_VALUE]})
        del values[root]
    return complete(endpoint, values, sent.values, reader)


async def receive(
    port: HttpPort,
    interface: Interface,
    endpoint: Endpoint,
    content_type: str,
    opened: list[MultipartReader],
    *,
    is_form: bool,
) -> MultipartReader:
    """What a multipart body holds.

    :param opened: gets the reader, for whoever has to close it.
    :raises PayloadTooLarge: before anything is read, where the length is declared; else as soon as it is known.
    """
    most = interface.settings.max_body_bytes
    reader = MultipartReader(content_type, endpoint.uploads, most, port.open_sink, is_form=is_form)
    opened.append(reader)
    check_body_headers(port.header("content-length"), port.header("content-encoding"), reader.limit)
    await port.read_parts(reader)
    reader.end()
    return reader


def complete(endpoint: Endpoint, values: Mapping[str, Any], number: int, reader: MultipartReader) -> dict[str, Any]:
    """The validated arguments, the files among them.

    :param number: how many values there are inside *values*, at most.
    """
    validated = endpoint.validate_sent(values, number)
    return validated if endpoint.uploads is None else endpoint.uploads.complete(validated, reader.files())


def upload_limit(interface: Interface, name: str) -> int:
    """The longest body that a call of a function may have: that of any call where it takes no files."""
    most = interface.settings.max_body_bytes
    try:
        places = interface.endpoint(name).uploads
    except NotFound:
        return most
    return most if places is None else longest(most, places)


def close(opened: Iterable[MultipartReader]) -> None:
    """Delete the files of a request."""
    for reader in opened:
        reader.close()


def _sent_arguments(text: bytes, name: str) -> JsonArguments:
    """The part ``args``, by the rules of the body of a call."""
    try:
        is_object = type(from_json(text, allow_inf_nan=False)) is dict
    except ValueError:
        is_object = False
    if not is_object:
        raise BadRequest(f'The part "{ARGUMENTS}" must be a JSON object.')
    return read_call(b'{"args":' + text + b"}", name).arguments


def _is_empty_list(value: object) -> bool:
    return isinstance(value, list) and all(item is None for item in value)
