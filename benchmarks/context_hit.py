"""A context's bundle from the cache through FastAPI, in process: token, parameters, entry.

Both sides keep the bundle of a viewer and a user for an hour in the same store. Ours also proves with each hit that no
mutation has made the entry stale, on Redis that no purge was lost either; the peer trusts the time alone.
"""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter, process_time

from benchmarks.clients.asgi import AsgiApplication
from benchmarks.clients.exchange import check_equal_bundles
from benchmarks.harness import Effort, Question, Samples, interleaved, main
from benchmarks.services import cached_fastapi, mizan_fastapi_app, redis_server
from benchmarks.services.requests import cashews_fetch, check_cached, check_guarded, mizan_fetch
from benchmarks.services.tokens import SECRET
from benchmarks.timing import Clock
from mizan_core.settings import Settings

CACHE_SECRET = "the benchmarks' cache keys come from this"


def memory(effort: Effort) -> Samples:
    return _compare("memory://", "mem://", effort, process_time)


def redis(effort: Effort) -> Samples:
    with redis_server.running() as url:
        # Redis works in a process of its own, and a round trip is easily interrupted.
        patient = replace(effort, sample_seconds=2 * effort.sample_seconds, parts=2 * effort.parts)
        return _compare(url, url, patient, perf_counter)


def _compare(own_store: str, other_store: str, effort: Effort, clock: Clock) -> Samples:
    settings = Settings(mwt_secret=SECRET, cache_secret=CACHE_SECRET, cache_url=own_store)
    own, other = mizan_fetch(), cashews_fetch()
    with (
        AsgiApplication(mizan_fastapi_app.application(settings)) as ours,
        AsgiApplication(cached_fastapi.application(other_store)) as theirs,
    ):
        check_cached(ours.answer, own)
        check_cached(theirs.answer, other)
        check_equal_bundles(ours.answer(own), theirs.answer(other))
        check_guarded(ours.answer, own)
        check_guarded(theirs.answer, other)
        samples = interleaved(ours.run(own, clock), theirs.run(other, clock), effort)
        check_equal_bundles(ours.answer(own), theirs.answer(other))
        return samples


QUESTIONS = (
    Question("context fetch, HIT, memory", "FastAPI with cashews on mem://", 6, memory),
    Question(
        "context fetch, HIT, Redis",
        "FastAPI with cashews on Redis",
        3,
        redis,
        note="Ours reads five replies in its one round trip: the entry, three tags, and the history of the server's "
        "data; the peer reads one. redis-py reads with hiredis for both.",
        missing=redis_server.missing,
    ),
)

if __name__ == "__main__":
    raise SystemExit(main(QUESTIONS))
