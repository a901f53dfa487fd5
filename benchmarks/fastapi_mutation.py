"""An authenticated mutation through FastAPI, in process: token, validation, invalidation.

The applications are called as a server calls them, without the server and its sockets. A lane is that of `mount`:
behind all middleware (the default), through the router, or before all middleware.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

from benchmarks.clients.asgi import AsgiApplication
from benchmarks.clients.exchange import check_equal_mutations, check_identical
from benchmarks.harness import Effort, Question, Samples, interleaved, main
from benchmarks.services import bare_asgi, empty_fastapi, mizan_fastapi_app, plain_fastapi
from benchmarks.services.requests import check_guarded, fastapi_mutation, mizan_mutation
from benchmarks.services.tokens import SECRET
from mizan_core.settings import Settings
from mizan_fastapi.mounting import Lane

NEW = sys.version_info >= (3, 12)
"""From 3.12 on the task that a mutation runs in is begun in C."""
AGAINST_HAND = 6 if NEW else 5
AGAINST_BARE = 2.2 if NEW else 2.6
_SETTINGS = Settings(mwt_secret=SECRET)


def by_hand(lane: Lane, effort: Effort, middleware: Sequence[Middleware] = ()) -> Samples:
    own, other = mizan_mutation(), fastapi_mutation()
    app, peer = mizan_fastapi_app.application(_SETTINGS, lane, *middleware), FastAPI(middleware=middleware)
    peer.router = plain_fastapi.app.router
    with AsgiApplication(app) as ours, AsgiApplication(peer) as theirs:
        check_equal_mutations(ours.answer(own), theirs.answer(other))
        check_guarded(ours.answer, own)
        check_guarded(theirs.answer, other)
        return interleaved(ours.run(own), theirs.run(other), effort)


def bare(lane: Lane, effort: Effort) -> Samples:
    request = mizan_mutation()
    app = mizan_fastapi_app.application(_SETTINGS, lane)
    with AsgiApplication(app) as ours, AsgiApplication(bare_asgi.app) as theirs:
        check_identical(ours.answer(request), theirs.answer(request))
        check_guarded(theirs.answer, request)
        return interleaved(ours.run(request), theirs.run(request), effort)


def alone(app: FastAPI, effort: Effort) -> Samples:
    request = mizan_mutation()
    with AsgiApplication(app) as ours, AsgiApplication(bare_asgi.app) as theirs:
        return interleaved(ours.run(request), theirs.run(request), effort)


_HAND = "a FastAPI endpoint by hand, pydantic and PyJWT"
_BARE = "a bare ASGI callable"
_NAME = "FastAPI mutation in process"
_CORS = [Middleware(CORSMiddleware, allow_origins=["https://shop.example"])]
_OTHERS: dict[Lane, tuple[float | None, float | None]] = {
    "router": (None, None),
    "outermost": (AGAINST_HAND, AGAINST_BARE),
}
"""The other lanes with their targets: against the endpoint by hand, and against the bare callable."""

QUESTIONS = (
    Question(_NAME, _HAND, AGAINST_HAND, partial(by_hand, "middleware")),
    Question(
        f"{_NAME}, with CORS",
        f"{_HAND}, with CORS",
        None,
        partial(by_hand, "middleware", middleware=_CORS),
        note="A middleware of the application's, and with it FastAPI's own, which both sides pass.",
    ),
    *(
        Question(f"{_NAME}, lane {lane}", _HAND, target, partial(by_hand, lane))
        for lane, (target, _) in _OTHERS.items()
    ),
    Question(f"{_NAME}, overhead", _BARE, AGAINST_BARE, partial(bare, "middleware"), at_most=True),
    *(
        Question(f"{_NAME}, overhead, lane {lane}", _BARE, target, partial(bare, lane), at_most=True)
        for lane, (_, target) in _OTHERS.items()
    ),
    Question(
        "FastAPI alone, an endpoint that does nothing",
        _BARE,
        None,
        partial(alone, empty_fastapi.app),
        at_most=True,
        note="What FastAPI's middleware and routers take before an endpoint begins.",
    ),
    Question(
        "FastAPI alone, one that does nothing at our place",
        _BARE,
        None,
        partial(alone, empty_fastapi.mounted),
        at_most=True,
        note="What is left of that in the default lane.",
    ),
)

if __name__ == "__main__":
    raise SystemExit(main(QUESTIONS))
