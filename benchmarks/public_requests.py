"""What nobody has to be known for, through FastAPI, in process: a context without a cache, and a plain call.

The call changes nothing that a context shows: its answer says of no context that it is stale.
"""

from __future__ import annotations

import json

from benchmarks.clients.asgi import AsgiApplication
from benchmarks.clients.exchange import Disagreement, Request
from benchmarks.harness import Effort, Question, Samples, interleaved, main
from benchmarks.services import public
from benchmarks.services.profiles import USER

_ITEMS = ["green tea", "cup", "sieve"]
_JSON = {"content-type": "application/json"}
_READ = f"user_id={USER}"


def fetch(effort: Effort) -> Samples:
    ours, theirs = Request("GET", "/api/mizan/ctx/profile/", {}, _READ), Request("GET", "/profile/", {}, _READ)
    return _compare(ours, theirs, "profile", effort)


def call(effort: Effort) -> Samples:
    arguments = {"items": _ITEMS, "express": True}
    ours = _post("/api/mizan/call/", {"fn": "price", "args": arguments})
    return _compare(ours, _post("/price/", arguments), "result", effort)


def _post(path: str, document: object) -> Request:
    return Request("POST", path, _JSON, body=json.dumps(document, separators=(",", ":")).encode())


def _compare(own: Request, other: Request, member: str, effort: Effort) -> Samples:
    with AsgiApplication(public.ours) as ours, AsgiApplication(public.by_hand) as theirs:
        answers = ours.answer(own), theirs.answer(other)
        said = [(answer.status, answer.headers["cache-control"], json.loads(answer.body)[member]) for answer in answers]
        if said[0] != said[1]:
            raise Disagreement(f"the answers should be equal, but are {said!r}")
        return interleaved(ours.run(own), theirs.run(other), effort)


QUESTIONS = (
    Question("context fetch, anonymous, no cache", "a FastAPI endpoint by hand", None, fetch),
    Question("plain call, anonymous", "a FastAPI endpoint by hand", None, call),
)

if __name__ == "__main__":
    raise SystemExit(main(QUESTIONS))
