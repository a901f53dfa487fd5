"""The authenticated mutations over loopback, under load: time per request, and the time that 99 of 100 stay under.

Each side has a server process of its own with one worker; they are loaded in turn, a second or two each time. A time
per request is the reciprocal of requests per second. The client takes part of the machine, and the server's own work
is the same for both sides, so the ratios are smaller than in process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache, partial
from operator import attrgetter

from benchmarks.clients import loopback, wrk
from benchmarks.clients.exchange import Request, check_equal_mutations
from benchmarks.clients.wrk import Load
from benchmarks.harness import Effort, Question, Samples, main
from benchmarks.services.requests import (
    check_guarded,
    fastapi_mutation,
    mizan_mutation,
    ninja_mutation,
    rest_framework_mutation,
)

WARM_UP = 100
"""Requests, one after the other."""


@dataclass(frozen=True, slots=True)
class Plan:
    rounds: int
    seconds: int
    """Of each side in each round."""


@dataclass(frozen=True, slots=True)
class Side:
    application: str
    request: Callable[[], Request]


@dataclass(frozen=True, slots=True)
class Contest:
    """Who is measured side by side; ours comes first."""

    server: str
    sides: tuple[Side, ...]


PLANS = {"full": Plan(rounds=5, seconds=2), "quick": Plan(rounds=3, seconds=1)}
_FASTAPI_SIDES = (
    Side("benchmarks.services.mizan_fastapi_app:app", mizan_mutation),
    Side("benchmarks.services.plain_fastapi:app", fastapi_mutation),
)
UVICORN = Contest("uvicorn", _FASTAPI_SIDES)
GRANIAN = Contest("granian", _FASTAPI_SIDES)
GRANIAN_WSGI = Contest(
    "granian for WSGI",
    (
        Side("benchmarks.services.django_project:application", mizan_mutation),
        Side("benchmarks.services.ninja_project:application", ninja_mutation),
        Side("benchmarks.services.rest_framework_project:application", rest_framework_mutation),
    ),
)


def each(contest: Contest, peer: int, effort: Effort) -> Samples:
    """Microseconds per request: a million of them by requests per second."""
    return _columns(contest, peer, effort, attrgetter("each"))


def p99(contest: Contest, peer: int, effort: Effort) -> Samples:
    return _columns(contest, peer, effort, attrgetter("p99"))


def _columns(contest: Contest, peer: int, effort: Effort, figure: Callable[[Load], float]) -> Samples:
    series = _measured(contest, PLANS[effort.name])
    return Samples([figure(load) for load in series[0]], [figure(load) for load in series[peer]])


@cache
def _measured(contest: Contest, plan: Plan) -> list[list[Load]]:
    """The loads of each side, round by round. Several questions are answered by one measurement."""
    with _origins(contest) as origins:
        requests = [side.request() for side in contest.sides]
        pairs = list(zip(origins, requests, strict=True))
        for origin, request in pairs:
            _prepare(origin, request, pairs[0])
        series: list[list[Load]] = [[] for _ in pairs]
        order = list(range(len(pairs)))
        for _ in range(plan.rounds):
            for index in order:
                series[index].append(wrk.load(*pairs[index], plan.seconds))
            order.reverse()
    return series


@contextmanager
def _origins(contest: Contest) -> Iterator[list[str]]:
    with ExitStack() as stack:
        yield [stack.enter_context(loopback.serving(contest.server, side.application)) for side in contest.sides]


def _prepare(origin: str, request: Request, ours: tuple[str, Request]) -> None:
    """The service does what ours does, and has done it often enough to be warm."""
    check_equal_mutations(loopback.ask(*ours), loopback.ask(origin, request))
    check_guarded(partial(loopback.ask, origin), request)
    for _ in range(WARM_UP):
        loopback.ask(origin, request)


def _questions(name: str, against: str, contest: Contest, peer: int) -> Iterator[Question]:
    for figure, measure in (("time per request", each), ("p99", p99)):
        yield Question(f"{name}, {figure}", against, 1, partial(measure, contest, peer), missing=wrk.missing)


QUESTIONS = (
    *_questions("loopback, FastAPI, uvicorn", "a FastAPI endpoint by hand", UVICORN, 1),
    *_questions("loopback, FastAPI, granian", "a FastAPI endpoint by hand", GRANIAN, 1),
    *_questions("loopback, Django, granian, to django-ninja", "django-ninja with PyJWT", GRANIAN_WSGI, 1),
    *_questions("loopback, Django, granian, to DRF", "Django REST framework with simplejwt", GRANIAN_WSGI, 2),
)

if __name__ == "__main__":
    raise SystemExit(main(QUESTIONS))
