"""Asks everybody the same, judges what they say, and makes a finding as small as it goes."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from enum import Enum
from typing import NamedTuple, Protocol

from tests.fuzz.exchange import Answer, Request
from tests.fuzz.generator import Generator
from tests.fuzz.players import ENGINES, Player

MAX_SECONDS = 2.0
"""CPU that no request may take; most take a thousandth of it."""
_SHRINKINGS = 300
_SHOWN = 20


class Verdict(Enum):
    DIFFERENCE = "differences"
    SERVER_ERROR = "server errors"
    HANG = "hangs"


class Asked(Protocol):
    """Whoever answers requests."""

    @property
    def engine(self) -> str: ...

    def ask(self, request: Request, *, everywhere: bool = False) -> list[Answer] | None: ...


class Finding(NamedTuple):
    verdict: Verdict
    request: Request
    answers: list[tuple[str, Answer]]


class Campaign:
    """:param report: gets each finding, the smallest request that shows it in it.

    :param players: who is asked; a process for each engine when left out.
    """

    def __init__(self, report: Callable[[Finding], None], players: Sequence[Asked] | None = None) -> None:
        self._report = report
        self._players = list(map(Player, ENGINES)) if players is None else players
        self._executor = ThreadPoolExecutor(len(self._players))
        self._kinds: Counter[object] = Counter()
        self.requests = 0
        self.found: Counter[Verdict] = Counter()

    def run(self, generator: Generator, seconds: float) -> None:
        """Ask for *seconds*."""
        self.judge(generator.request())  # the players are up when the clock begins to run
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.examine(generator.request())

    def ask(self, generator: Generator, number: int) -> None:
        """Ask *number* requests."""
        for _ in range(number):
            self.examine(generator.request())

    def examine(self, request: Request) -> None:
        """Ask everybody, and report what is wrong, each kind of it once."""
        verdict, answers = self.judge(request)
        self.requests += len(answers)
        if verdict is not None:
            self._note(verdict, request, answers)

    def judge(self, request: Request, *, everywhere: bool = False) -> tuple[Verdict | None, list[tuple[str, Answer]]]:
        """What is wrong with the answers to *request*, and the answers."""
        told = list(self._executor.map(lambda player: player.ask(request, everywhere=everywhere), self._players))
        answers = [
            (f"{answer.front}-{player.engine}", answer)
            for player, given in zip(self._players, told, strict=True)
            for answer in given or ()
        ]
        if None in told or any(answer.seconds > MAX_SECONDS for _, answer in answers):
            return Verdict.HANG, answers
        if any(answer.status >= 500 for _, answer in answers):
            return Verdict.SERVER_ERROR, answers
        if len({answer.said for _, answer in answers}) > 1:
            return Verdict.DIFFERENCE, answers
        return None, answers

    def _note(self, verdict: Verdict, request: Request, answers: list[tuple[str, Answer]]) -> None:
        self.found[verdict] += 1
        kind = (verdict, *sorted((name, answer.status, answer.body[:60]) for name, answer in answers))
        self._kinds[kind] += 1
        if self._kinds[kind] > 1 or len(self._kinds) > _SHOWN:
            return
        smallest = request if verdict is Verdict.HANG else self._smallest(verdict, request)
        self._report(Finding(verdict, smallest, self.judge(smallest, everywhere=True)[1]))

    def _smallest(self, verdict: Verdict, request: Request) -> Request:
        """The smallest request, of those tried, that shows the same."""
        tries = 0
        found = True
        while found:
            found = False
            for smaller in _smaller(request):
                tries += 1
                if tries > _SHRINKINGS:
                    return request
                if self.judge(smaller, everywhere=True)[0] is verdict:
                    request, found = smaller, True
                    break
        return request

    def close(self) -> None:
        self._executor.shutdown()
        for player in self._players:
            if isinstance(player, Player):
                player.close()


def _smaller(request: Request) -> Iterator[Request]:
    for index in range(len(request.headers)):
        if request.headers[index][0] in ("Content-Length", "Transfer-Encoding"):
            continue
        yield request._replace(headers=request.headers[:index] + request.headers[index + 1 :])
    for field in ("query", "body"):
        text: str = getattr(request, field)
        size = len(text)
        while size >= 1:
            for start in range(0, len(text), size):
                rest = text[:start] + text[start + size :]
                yield _measured(request._replace(body=rest)) if field == "body" else request._replace(query=rest)
            size //= 2


def _measured(request: Request) -> Request:
    """With the right length, where the wrong one is not what matters."""
    headers = tuple(
        (name, str(len(request.body)) if name == "Content-Length" and value.isdecimal() else value)
        for name, value in request.headers
    )
    return request._replace(headers=headers)


@contextmanager
def campaign(report: Callable[[Finding], None]) -> Iterator[Campaign]:
    opened = Campaign(report)
    try:
        yield opened
    finally:
        opened.close()
