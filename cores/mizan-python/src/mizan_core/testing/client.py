"""A client for tests: it calls and fetches over an adapter's transport, and gives Python values.

Everything between is real: middleware, CSRF, tokens, validation, the cache, invalidation. ``mizan.testing.Client`` and
``mizan_fastapi.testing.Client`` bring the transport.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol
from urllib.parse import quote, urlencode

from mizan_core.errors import MizanError
from mizan_core.interface.texts import texts_of
from mizan_core.mwt import HEADER

_OK = 200


class Response(NamedTuple):
    """What came back over a transport.

    :param headers: by their lower-case names.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes


class Transport(Protocol):
    """Sends requests to an application."""

    def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Response:
        """The answer to one request.

        :param url: path and query.
        """


class Refused(MizanError):
    """The server has answered with an error.

    :ivar code: for programs, as ``NOT_FOUND``.
    :ivar details: what is wrong with which argument, where the error says so.
    :ivar data: what a declared error carries, as JSON values.
    :ivar invalidate: what is stale although the call failed.
    """

    def __init__(self, status: int, error: Mapping[str, Any], invalidate: list[Any]) -> None:
        self.status = status
        self.code: str = error["code"]
        self.message: str = error["message"]
        self.details: Any = error.get("details")
        self.data: Any = error.get("data")
        self.invalidate = invalidate
        super().__init__(f"{status} {self.code}: {self.message}")


class Answer(NamedTuple):
    """What a call was answered with.

    :param result: JSON values.
    :param invalidate: what has become stale; empty where nothing has.
    :param merge: results for clients to take over.
    """

    result: Any
    invalidate: list[Any]
    merge: list[Any]
    response: Response


class Bundle(NamedTuple):
    """What a fetch was answered with.

    :param results: JSON values, by function.
    :param cache: ``HIT``, ``MISS`` or ``BYPASS``.
    """

    results: dict[str, Any]
    cache: str
    response: Response


class Client:
    """Calls functions and fetches contexts.

    :param base: where the endpoints are, without a slash at the end.
    :param token: a token of Mizan's (MWT) that every request carries.
    """

    def __init__(self, transport: Transport, base: str = "/api/mizan", token: str | None = None) -> None:
        self._transport = transport
        self._base = base
        self._token = token

    def call(self, function: str, /, **args: Any) -> Any:
        """The result of a function.

        :param args: JSON values, by the names of the function's parameters.
        :raises Refused: when the server answers with an error.
        """
        return self.answer(function, args).result

    def fetch(self, context: str, /, **params: Any) -> dict[str, Any]:
        """The results of a context's functions, by their names.

        :param params: JSON values, by the names of the context's parameters.
        :raises Refused: when the server answers with an error.
        """
        return self.bundle(context, params).results

    def answer(self, function: str, args: Mapping[str, Any]) -> Answer:
        """As ``call``, with everything that the answer says.

        :raises Refused: when the server answers with an error.
        """
        body = json.dumps({"args": dict(args)}).encode()
        said, response = self._ask("POST", f"/call/{quote(function, safe='')}/", body)
        return Answer(said["result"], said.get("invalidate", []), said.get("merge", []), response)

    def bundle(self, context: str, params: Mapping[str, Any]) -> Bundle:
        """As ``fetch``, with everything that the answer says.

        :raises Refused: when the server answers with an error.
        """
        query = urlencode(texts_of(params), doseq=True, quote_via=quote)
        said, response = self._ask("GET", f"/ctx/{quote(context, safe='')}/{query and f'?{query}'}", b"")
        return Bundle(said, response.headers["x-mizan-cache"], response)

    def _ask(self, method: str, path: str, body: bytes) -> tuple[dict[str, Any], Response]:
        headers = {"Content-Type": "application/json"} if body else {}
        if self._token is not None:
            headers[HEADER] = self._token
        response = self._transport.send(method, self._base + path, headers, body)
        said = _read(response)
        if response.status != _OK:
            raise Refused(response.status, said["error"], said.get("invalidate", []))
        return said, response


def _read(response: Response) -> dict[str, Any]:
    try:
        said = json.loads(response.body)
    except ValueError:
        said = None
    if not isinstance(said, dict) or (response.status != _OK and not isinstance(said.get("error"), dict)):
        text = response.body[:200].decode("utf-8", "replace")
        raise MizanError(f"{response.status}, and no answer of Mizan's: {text!r}. Is base= where its endpoints are?")
    return said
