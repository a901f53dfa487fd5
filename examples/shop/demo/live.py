"""Two clients of one customer: what the first one changes, the second is told of, frame by frame."""

from __future__ import annotations

import json
import secrets
from typing import Any

from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from examples.shop.demo.browser import Browser
from examples.shop.demo.display import RECEIVED, SENT, Display
from examples.shop.demo.expectations import Unexpected
from examples.shop.demo.servers import RunningShop
from examples.shop.demo.tour import Tour
from examples.shop.seed import CUSTOMERS, PRODUCTS
from mizan_core.live.asgi import SUBPROTOCOL
from mizan_core.live.command import Talk

_BEA = CUSTOMERS[1]
_TEA = PRODUCTS[1]
_USER = str(_BEA.id)
_SECONDS = 20
_SHELF, _ORDERS = 2, 3
"""The ids of what the second client watches; 1 is its token."""


class Phone:
    """The second client: a socket, each of whose frames is shown."""

    def __init__(self, tour: Tour, connection: ClientConnection, token: str) -> None:
        self._tour = tour
        self._connection = connection
        self._talk = Talk(
            watch=[("catalogue", {"query": _TEA.name}), ("user", {"user_id": _USER})],
            token=token,
        )
        self.data: dict[int, Any] = {}

    def look(self) -> None:
        """Say who it is, and watch what it shows."""
        self._send(self._talk.begin())
        while not self.data.keys() >= {_SHELF, _ORDERS}:
            self._receive()

    def follow(self) -> None:
        """Be told what is stale, and watch it again."""
        expected = {number: value for number, value in self.data.items() if number in (_SHELF, _ORDERS)}
        while any(self.data[number] == value for number, value in expected.items()):
            self._receive()

    def _receive(self) -> None:
        frame = json.loads(self._connection.recv(_SECONDS))
        if frame.get("action") != "ping":
            self._tour.frame(RECEIVED, self._talk.words(frame))
        if frame.get("ok"):
            self.data[frame["id"]] = frame.get("data")
        self._send(self._talk.receive(frame))

    def _send(self, frames: Any) -> None:
        for frame in frames:
            if frame["action"] != "pong":
                self._tour.frame(SENT, self._talk.said(frame))
            self._connection.send(json.dumps(frame))


def watch_each_other(shop: RunningShop, display: Display) -> None:
    """:raises Unexpected: where the second client does not see what the first one has done."""
    tour = Tour(shop, display)
    with Browser(shop.url) as browser:
        browser.session()
        browser.log_in(_BEA.username, shop.password)
        token = str(browser.call("mwt_obtain").at("result", "token"))
    try:
        with _socket(shop.url) as connection, Browser(shop.url, token) as page:
            _buy_and_see(tour, page, Phone(tour, connection, token))
    except (WebSocketException, OSError) as error:  # a frame that does not come among them
        raise Unexpected(f"{shop.name}: the second client got no further: {error!r}") from None


def _buy_and_see(tour: Tour, page: Browser, phone: Phone) -> None:
    tour.title("Bea's phone watches the shelf and her orders")
    phone.look()
    stock = phone.data[_SHELF]["search_products"][0]["stock"]
    orders = phone.data[_ORDERS]["user_orders"]
    lines = [{"product_id": str(_TEA.id), "quantity": 1}]
    placed = tour.show("Bea orders on her computer", page.call("place_order", user_id=_USER, lines=lines))
    tour.title("What her phone is told")
    phone.follow()
    tour.check("one less on the shelf", phone.data[_SHELF]["search_products"][0]["stock"], stock - 1)
    tour.check("the order is on her phone", phone.data[_ORDERS]["user_orders"], [placed.at("result"), *orders])


def _socket(url: str) -> ClientConnection:
    return connect(
        f"{url.replace('http', 'ws', 1)}/api/mizan/ws/?socket={secrets.token_urlsafe(16)}",
        subprotocols=[Subprotocol(SUBPROTOCOL)],
        origin=Origin(url),
        proxy=None,
    )
