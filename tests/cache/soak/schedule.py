"""The directed schedule: each mutation in turn, each pair of requests that can meet, at each place where they can.

What the random soak comes upon with luck happens here for certain, and once.
"""

from __future__ import annotations

import gc
import itertools
from collections.abc import Iterable, Iterator
from concurrent.futures import Future

from mizan_core.cache.memory import MemoryCache
from mizan_core.http.reading import MAX_PARTS
from tests.cache.soak.players import MUTATIONS, Request, fetching, fetching_several, mutating
from tests.cache.soak.stage import Stage
from tests.cache.soak.world import BASE, FETCHES, TWIN, VIEWERS, Viewer

_ROW, _COLUMN = 1, 1
_ARGUMENTS = {"a": _ROW, "b": _COLUMN}
_VIEWERS = (VIEWERS[1], VIEWERS[3])
"""Of the bundles that are looked at after every mutation."""
_SWEEPS: tuple[dict[str, int | None], ...] = ({"a": _ROW}, {"b": _COLUMN, "a": None}, {})
_PAIRS = (
    ("row", "touch"), ("column", "touch_async"), ("cross", "touch"), ("row", "paint"),
    ("row", "stream"), ("column", "stream_async"),
)  # fmt: skip
"""Contexts, and mutations that change them: functions of both kinds."""
_LEFT = ("touch", "touch_async", "relay_async", "page", "take_file")
_MOST_PAUSES = 12

_names = itertools.count()


def play(stage: Stage) -> Iterator[None]:
    """Play the schedule, and stop where a look at what has been seen may be worth it."""
    parts = [everybody_looks, readers_meet_mutations, latecomers_meet_both, mutations_meet_readers]
    parts += [*([clients_leave] if stage.clients_may_leave else []), tags_are_forgotten, each_mutation]
    return itertools.chain.from_iterable(part(stage) for part in parts)


def everybody_looks(stage: Stage) -> Iterator[None]:
    """Every bundle is asked for until it is kept, by everybody."""
    for index in (*range(len(FETCHES)), *range(len(FETCHES))):
        stage.play(fetching(index))
    yield


def each_mutation(stage: Stage) -> Iterator[None]:
    """What it has changed is looked at, wherever it is served."""
    _look(stage)
    for turn, (name, arguments) in enumerate(_mutations()):
        stage.play(_mutation(name, arguments, turn, in_transaction=turn % 3 == 0))
        _look(stage)
        yield


def tags_are_forgotten(stage: Stage) -> Iterator[None]:
    """A store that is short of memory throws tags away: what was purged is not valid again."""
    _look(stage)
    stage.play(_mutation("touch"))
    for cache in (found for found in gc.get_objects() if isinstance(found, MemoryCache)):
        cache.delete([key for key in cache._entries if key.startswith("tag:")])
    _look(stage)
    yield


def readers_meet_mutations(stage: Stage) -> Iterator[None]:
    """Somebody changes what a reader has just read, or is about to read."""
    for (index, name), in_transaction in itertools.product(_pairs(), _transactions(stage)):
        for place in range(_MOST_PAUSES):
            stage.play(_mutation(name))
            reading = fetching(index, in_transaction=in_transaction)
            if not stage.meet(reading, place, lambda name=name: stage.interrupt(_mutation(name))):  # type: ignore[misc]
                break
            stage.play(fetching(index))
        yield


def latecomers_meet_both(stage: Stage) -> Iterator[None]:
    """As before, and a third one asks for the same, who comes too late to be given what the reader has read."""
    for index, name in _pairs():
        for place in range(_MOST_PAUSES):
            joined: list[Future[None]] = []

            def change(index: int = index, name: str = name, joined: list[Future[None]] = joined) -> None:
                stage.interrupt(_mutation(name))
                joined.append(stage.join(fetching(index)))

            stage.play(_mutation(name))
            if not stage.meet(fetching(index), place, change):
                break
            joined[0].result()
            stage.play(fetching(index))
        yield


def mutations_meet_readers(stage: Stage) -> Iterator[None]:
    """Somebody reads while a mutation is about its work."""
    for (index, name), in_transaction in itertools.product(_pairs(), _transactions(stage)):
        for place in range(_MOST_PAUSES):
            mutation = _mutation(name, in_transaction=in_transaction)
            if not stage.meet(mutation, place, lambda index=index: stage.interrupt(fetching(index))):  # type: ignore[misc]
                break
            stage.play(fetching(index))
        yield


def clients_leave(stage: Stage) -> Iterator[None]:
    """Whoever leaves takes nothing along that has been written."""
    for name in _LEFT:
        for place in range(_MOST_PAUSES):
            _look(stage, places=(BASE,))
            if not stage.meet(_mutation(name), place, stage.leave):
                break
            _look(stage, places=(BASE,))
        yield


def _mutations() -> Iterator[tuple[str, dict[str, int | None]]]:
    for name, params in MUTATIONS.items():
        yield name, {param: _ARGUMENTS[param] for param in params}
    for arguments in _SWEEPS:
        yield "sweep", arguments


def _mutation(
    name: str, arguments: dict[str, int | None] | None = None, turn: int = 0, *, in_transaction: bool = False
) -> Request:
    given = {param: _ARGUMENTS[param] for param in MUTATIONS[name]} if arguments is None else arguments
    operation = f"directed-{next(_names)}"
    viewer = _VIEWERS[turn % len(_VIEWERS)]
    return mutating(name, given, viewer, operation, (BASE, TWIN)[turn % 2], in_transaction=in_transaction)


def _look(stage: Stage, places: tuple[str, ...] = (BASE, TWIN)) -> None:
    for base, indices in itertools.product(places, _looked_at()):
        alone = len(indices) == 1
        stage.play(fetching(indices[0], base) if alone else fetching_several(indices, base))


def _looked_at() -> Iterator[list[int]]:
    """What shows the cells that are written here, and those of relays in the next row, in few requests."""
    rows, columns = (_ROW, _ROW + 1, None), (_COLUMN, None)
    together: dict[tuple[Viewer, str | None], list[int]] = {}
    for index, fetch in enumerate(FETCHES):
        is_near = fetch.params.get("a") in rows and fetch.params.get("b") in columns
        if fetch.viewer in _VIEWERS and is_near:
            together.setdefault((fetch.viewer, fetch.language), []).append(index)
    for indices in together.values():
        yield from (indices[start : start + MAX_PARTS] for start in range(0, len(indices), MAX_PARTS))


def _pairs() -> Iterable[tuple[int, str]]:
    """A bundle, and a mutation that changes it."""
    found = {
        fetch.context: index
        for index, fetch in enumerate(FETCHES)
        if fetch.viewer in _VIEWERS and fetch.params == {name: _ARGUMENTS[name] for name in fetch.params}
    }
    return ((found[context], name) for context, name in _PAIRS)


def _transactions(stage: Stage) -> tuple[bool, ...]:
    """Under WSGI a request may be in a transaction."""
    return (False,) if stage.is_asgi else (False, True)
