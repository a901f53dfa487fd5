"""Showing an exchange and checking it, for the steps of the walk."""

from __future__ import annotations

from typing import Any

from examples.shop.demo.browser import Exchange
from examples.shop.demo.display import Display
from examples.shop.demo.expectations import Unexpected, expect
from examples.shop.demo.servers import RunningShop


class Tour:
    """A walk through one shop."""

    def __init__(self, shop: RunningShop, display: Display) -> None:
        self.shop = shop
        self._display = display
        self._title = ""

    def title(self, title: str) -> None:
        """What the frames that follow are about."""
        self._title = title
        self._display.title(title)

    def frame(self, arrow: str, words: str) -> None:
        """A frame of a socket, in words."""
        self._display.frame(arrow, words)

    def show(self, title: str, exchange: Exchange, status: int = 200) -> Exchange:
        """An exchange that must end with *status*."""
        self._title = title
        self._display.exchange(title, f"{self.shop.name} · {self.shop.engine}", exchange)
        self._expect("the status", exchange.status, status)
        if exchange.target.startswith("/api/mizan/"):
            self._expect("Cache-Control", exchange.headers.get("Cache-Control"), "no-store")
            self._expect("Content-Type", exchange.headers.get("Content-Type"), "application/json")
        return exchange

    def refused(self, title: str, exchange: Exchange, status: int, code: str) -> Exchange:
        """An exchange that must end with the error *code* before any function has begun."""
        self.show(title, exchange, status)
        self.check(f"refused as {code}", exchange.at("error", "code"), code)
        self._expect("the members of the answer", sorted(exchange.body), ["error"])
        return exchange

    def failed(self, title: str, exchange: Exchange, status: int, code: str) -> Exchange:
        """An exchange that must end with the error *code*, raised by a function: it says what may have changed."""
        self.show(title, exchange, status)
        self.check(f"failed as {code}", exchange.at("error", "code"), code)
        self._expect("the members of the answer", sorted(exchange.body), ["error", "invalidate"])
        return exchange

    def check(self, what: str, got: Any, expected: Any) -> None:
        """:raises Unexpected: unless *got* is as *expected*."""
        self._expect(what, got, expected)
        self._display.agreed(what)

    def _expect(self, what: str, got: Any, expected: Any) -> None:
        try:
            expect(what, got, expected)
        except Unexpected as error:
            raise Unexpected(f"{self.shop.name}, “{self._title}”: {error}") from None
