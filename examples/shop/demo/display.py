"""Showing exchanges to people: each as a line, or in full. Colours are for terminals alone."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Mapping
from typing import TextIO

from examples.shop.demo.browser import Exchange
from examples.shop.demo.pretty import news_of, pretty_json, request_of, shown_header, without_secrets

_REQUEST_HEADERS = ("X-Mizan-Token", "X-CSRFToken", "Cookie")
_RESPONSE_HEADERS = ("X-Mizan-Invalidate", "X-Mizan-Cache", "Set-Cookie")
_TITLE, _REQUEST = 54, 22
SENT, RECEIVED = "→", "←"
_FRAME = 100
"""Characters of a frame that are shown."""
_BOLD, _DIM, _RED, _GREEN, _YELLOW = "1", "2", "31", "32", "33"


class Display:
    """Writes to *stream*.

    :param verbose: show exchanges, checks and documents in full, not a line for each exchange.
    :param echo_servers: also show what the servers print.
    """

    def __init__(self, stream: TextIO, *, verbose: bool, echo_servers: bool) -> None:
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
        self._stream = stream
        self._coloured = stream.isatty() and not os.environ.get("NO_COLOR")
        self._verbose = verbose
        self._echo_servers = echo_servers
        self._count = 0
        self.agreements = 0

    def chapter(self, title: str) -> None:
        self._count = 0
        self.line()
        self.line(self._paint(_BOLD, f"── {title} ──"))

    def exchange(self, title: str, answered_by: str, exchange: Exchange) -> None:
        """*answered_by*: the framework and its engine."""
        self._count += 1
        if not self._verbose:
            self._summary(title, exchange)
            return
        self.line()
        self.line(f"{self._count:>3}  {self._paint(_BOLD, title)}  {self._paint(_DIM, f'[{answered_by}]')}")
        self.line(f"     {self._paint(_DIM, '→')} {exchange.method} {exchange.target}")
        self._headers(_REQUEST_HEADERS, exchange.request_headers)
        self._json(exchange.request_body)
        self.line(f"     {self._paint(_DIM, '←')} {self._paint(_colour_of(exchange.status), str(exchange.status))}")
        self._headers(_RESPONSE_HEADERS, exchange.headers)
        self._json(exchange.body)

    def title(self, title: str) -> None:
        """What frames are about."""
        self._count += 1
        self.line(f"{self._count:>3}  {title}")

    def frame(self, arrow: str, words: str) -> None:
        """A frame of a socket; but where all is shown in full, shortened, and only what the server says."""
        if arrow == SENT and not self._verbose:
            return
        short = words if self._verbose or len(words) <= _FRAME else f"{words[:_FRAME]}…"
        self.line(f"       {self._paint(_DIM, arrow)} {short}")

    def agreed(self, what: str) -> None:
        """An expectation that was met."""
        self.agreements += 1
        if self._verbose:
            self.line(f"     {self._paint(_GREEN, '✓')} {what}")

    def excerpt(self, lines: Iterable[str]) -> None:
        """Lines of a document."""
        if self._verbose:
            for line in lines:
                self.line(f"       {line}")

    def failure(self, message: str) -> None:
        self.line()
        self.line(f"{self._paint(_RED, '✗')} {message}")

    def server_line(self, name: str, text: str) -> None:
        """A line that the server *name* has printed."""
        if self._echo_servers:
            self.line(self._paint(_DIM, f"[{name}] {text}"))

    def line(self, text: str = "") -> None:
        self._stream.write(text + "\n")
        self._stream.flush()

    def _summary(self, title: str, exchange: Exchange) -> None:
        status = self._paint(_colour_of(exchange.status), str(exchange.status))
        said = self._paint(_DIM, news_of(exchange))
        self.line(f"{self._count:>3}  {title:<{_TITLE}} {request_of(exchange):<{_REQUEST}} {status}  {said}".rstrip())

    def _headers(self, names: tuple[str, ...], headers: Mapping[str, str]) -> None:
        for name in names:
            if name in headers:
                self.line(self._paint(_DIM, f"       {name}: {shown_header(name, headers[name])}"))

    def _json(self, value: object) -> None:
        if value is not None:
            self.excerpt(pretty_json(without_secrets(value)).splitlines())

    def _paint(self, colour: str, text: str) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if self._coloured else text


def _colour_of(status: int) -> str:
    if status < 400:
        return _GREEN
    return _YELLOW if status < 500 else _RED
