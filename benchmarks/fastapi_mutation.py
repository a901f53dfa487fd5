"""An authenticated mutation through FastAPI, in process: token, validation, invalidation.

The applications are called as a server calls them, without the server and its sockets.
"""

from __future__ import annotations

from benchmarks.clients.asgi import AsgiApplication
from benchmarks.clients.exchange import check_equal_mutations, check_identical
from benchmarks.harness import Effort, Question, Samples, interleaved, main
from benchmarks.services import bare_asgi, empty_fastapi, mizan_fastapi_app, plain_fastapi
from benchmarks.services.requests import check_guarded, fastapi_mutation, mizan_mutation


def by_hand(effort: Effort) -> Samples:
    own, other = mizan_mutation(), fastapi_mutation()
    with AsgiApplication(mizan_fastapi_app.app) as ours, AsgiApplication(plain_fastapi.app) as theirs:
        check_equal_mutations(ours.answer(own), theirs.answer(other))
        check_guarded(ours.answer, own)
        check_guarded(theirs.answer, other)
        return interleaved(ours.run(own), theirs.run(other), effort)


def bare(effort: Effort) -> Samples:
    request = mizan_mutation()
    with AsgiApplication(mizan_fastapi_app.app) as ours, AsgiApplication(bare_asgi.app) as theirs:
        check_identical(ours.answer(request), theirs.answer(request))
        check_guarded(theirs.answer, request)
        return interleaved(ours.run(request), theirs.run(request), effort)


def empty(effort: Effort) -> Samples:
    request = mizan_mutation()
    with AsgiApplication(empty_fastapi.app) as ours, AsgiApplication(bare_asgi.app) as theirs:
        return interleaved(ours.run(request), theirs.run(request), effort)


_PROFILE = (
    "About a third of our time is FastAPI's own, before an endpoint begins (the third figure). A seventh is the "
    "function with its validation and serialisation; a seventh the task that lets a mutation finish when its request "
    "is cancelled (Python code on 3.11, in C from 3.12 on). The rest is spread over some eighty small steps, none of "
    "which takes 5 %. "
)
_BY_HAND = _PROFILE + (
    "FastAPI alone takes an eighth of what the endpoint by hand takes, so that six times as fast would leave less than "
    "the bare callable needs for the work itself."
)
_OVERHEAD = _PROFILE + "With FastAPI's part, the target leaves no more than the bare callable's own time."

QUESTIONS = (
    Question(
        "FastAPI mutation in process", "a FastAPI endpoint by hand, pydantic and PyJWT", 6, by_hand, note=_BY_HAND
    ),
    Question("FastAPI mutation in process, overhead", "a bare ASGI callable", 2.5, bare, at_most=True, note=_OVERHEAD),
    Question(
        "FastAPI alone, an endpoint that does nothing",
        "a bare ASGI callable",
        None,
        empty,
        at_most=True,
        note="What FastAPI's middleware and routers take before an endpoint begins: the floor of the two above.",
    ),
)

if __name__ == "__main__":
    raise SystemExit(main(QUESTIONS))
