"""``response: HttpResponse`` in a function's signature: an empty one, whose cookies and headers the answer gets."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from mizan.replies import ReplyResponse
from mizan_core.client.frameworks import InjectedWork, Injection
from mizan_core.client.targets import ServerFunction
from mizan_core.http.response import Response


class Dress:
    """The cookies and headers that a function has added to the answer."""

    def __init__(self, added: HttpResponse) -> None:
        self._added = added

    def __call__(self, reply: Response) -> HttpResponse:
        response = ReplyResponse(reply)
        self.add_to(response)
        return response

    def add_to(self, response: HttpResponseBase) -> None:
        """What *response* says itself stays."""
        for name, value in self._added.items():
            response.headers.setdefault(name, value)
        for name, morsel in self._added.cookies.items():
            response.cookies.setdefault(name, morsel)

    async def afterwards(self) -> None:
        """Nothing is left."""


def injector(function: ServerFunction, parameters: Sequence[inspect.Parameter]) -> Injection:
    """What fills these parameters of *function*."""
    names = [parameter.name for parameter in parameters]

    async def inject(_: HttpRequest, work: InjectedWork) -> tuple[Any, Dress | None]:
        added = HttpResponse()
        values = dict.fromkeys(names, added)
        result = await work(values) if function.is_async else await sync_to_async(work)(values)
        dress = Dress(added)
        if not isinstance(result, HttpResponseBase):
            return result, dress
        dress.add_to(result)
        return result, None

    return Injection(inject, answering=f"parameter {names[0]!r}")
