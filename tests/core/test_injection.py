"""What may have something that adds to an answer, and what may not."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpResponse

import mizan.signatures  # noqa: F401 - whose classes are known
from mizan_core.client import client
from mizan_core.interface.endpoint import SOCKET, Endpoint


def adding(request: Any, response: HttpResponse) -> int:
    return 5


def test_over_a_socket_it_is_not_called() -> None:
    assert Endpoint("adding", client(adding), frozenset()).barred == {SOCKET}


def test_where_nothing_would_come_of_it_it_is_refused() -> None:
    with pytest.raises(TypeError, match="an answer over a socket has no headers and no cookies"):
        client(websocket=True)(adding).prepare()
    with pytest.raises(TypeError, match="parameter 'response': what is read in a context may come from the cache"):
        client(context="page")(adding).prepare()
