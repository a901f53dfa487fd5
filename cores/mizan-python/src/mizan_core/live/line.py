"""The order in which the requests of a socket run."""

from __future__ import annotations

from mizan_core.live.effects import RequestFrame


class Line:
    """Requests that run, and those that wait for their turn.

    :param most: how many run at a time.
    """

    __slots__ = ("_busy", "_most", "_running", "_waiting")

    def __init__(self, most: int) -> None:
        self._most = most
        self._running: dict[int, str | None] = {}
        self._waiting: list[tuple[RequestFrame, str | None]] = []
        self._busy: dict[str, None] = {}

    def is_full(self, most_waiting: int) -> bool:
        return len(self._running) + len(self._waiting) >= self._most + most_waiting

    def add(self, request: RequestFrame, order: str | None) -> None:
        self._waiting.append((request, order))

    def begin(self) -> list[RequestFrame]:
        """Those that run from now on: none beside another that it has to be in order with."""
        begun: list[RequestFrame] = []
        left: list[tuple[RequestFrame, str | None]] = []
        for place, (request, order) in enumerate(self._waiting):
            if len(self._running) >= self._most:
                left += self._waiting[place:]
                break
            if order is not None and order in self._busy:
                left.append((request, order))
                continue
            self._running[request.id] = order
            if order is not None:
                self._busy[order] = None
            begun.append(request)
        self._waiting = left
        return begun

    def end(self, number: int) -> None:
        """It runs no longer."""
        order = self._running.pop(number, None)
        if order is not None:
            self._busy.pop(order, None)

    def drop(self, number: int) -> None:
        """It need not run."""
        self.end(number)
        self._waiting = [item for item in self._waiting if item[0].id != number]
