"""Who plays: each player asks one thing after the other, at random, and writes down when and what the answer was."""

from __future__ import annotations

import itertools
import json
import random
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from typing import Any, NamedTuple
from urllib.parse import urlencode

from mizan_core.mwt import create_mwt
from tests.cache.soak.clients import finished, gates, journal
from tests.cache.soak.history import Kind, Writer
from tests.cache.soak.world import (
    BASE,
    CELLS,
    COLUMNS,
    ELSEWHERE,
    FETCHES,
    LANGUAGES,
    PAGES,
    ROWS,
    TOKEN_SECRET,
    TWIN,
    VIEWERS,
    Fetch,
    Viewer,
)

TOKENS = {
    viewer: create_mwt({"id": viewer.user, "is_staff": viewer.staff}, TOKEN_SECRET, ttl=86_400)
    for viewer in VIEWERS
    if viewer.user is not None
}
_HITS = {"HIT": Kind.HIT, "MISS": Kind.MISS, "BYPASS": Kind.BYPASS}
MUTATIONS = {
    "touch": "ab", "touch_async": "ab", "relay": "ab", "relay_async": "ab", "sweep_row": "a", "sweep_column": "b",
    "sweep": "ab", "reset": "", "paint": "a", "write_own": "a", "fail_after_writing": "a", "refuse": "a",
    "change_unseen": "a", "conflict_after_writing": "a", "call_directly": "ab", "call_directly_async": "ab",
    "leave_thread": "ab", "leave_task": "ab", "stream": "a", "stream_async": "a", "from_elsewhere": "ab",
    "page": "a", "page_stream": "a", "take_file": "a", "take_file_async": "a",
}  # fmt: skip
"""Their names, and the parameters of each."""
_OUTLIVING = ("leave_thread", "leave_task")
"""They write when they have been answered."""
_PAGES = {"page": "rows/{a}/", "page_stream": "rows/{a}/later/"}
"""They have URLs of their own."""
_STREAMS = ("stream", "stream_async", "page_stream")
_UPLOADS = ("take_file", "take_file_async")
_PROOF = {"Cookie": f"csrftoken={'a' * 32}", "X-CSRFToken": "a" * 32}
"""What Django wants of everybody who sends a form."""
_BOUNDARY = "5f0c2d8e"
_SILENT = (*_STREAMS, *_PAGES, *_UPLOADS)
"""They do not say what is shown."""
_ELSEWHERE = "from_elsewhere"
"""Called where there are no contexts."""
_SIZES = {"a": ROWS, "b": COLUMNS}
STATUSES = {"fail_after_writing": 500, "refuse": 409, "conflict_after_writing": 409}
_TWIN_SHARE = 0.2
"""How many requests go to the other place where the functions are served."""
_TRANSACTION_SHARE = 0.2
"""How many requests ask Django for a transaction around them."""
_CALM_SHARE, _BUSY_SHARE = 0.01, 0.2
"""How many requests are mutations; in calm times there are hits, in busy ones there are races."""
_BUSY_PART = 0.25
"""How much of each second is busy."""
_LEAVING_SHARE, _PATIENCE = 0.2, 0.006
"""How many mutations, where one can, are given up before their answer comes, and after how many seconds at most."""
_SETTLING = 1_000_000_000
"""Nanoseconds after which a thread that was left alone has written what it had to."""
_LOOK_SHARE = 0.7
"""How many mutations are followed by a look at what they have changed."""
_SEVERAL_SHARE, _SHOWN_SHARE, _MOST = 0.1, 0.5, 4
"""How many requests are for several bundles at once, and how many mutations say what is shown; of so many at most."""


class UnexpectedAnswer(Exception):
    """The server has failed."""


class Request(NamedTuple):
    """An HTTP request.

    :param fetches: the bundles that are asked for; none for a mutation.
    :param shown: those that a mutation may bring along, for the viewer who calls.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    operation: str
    status: int
    fetches: tuple[int, ...]
    function: str = ""
    shown: tuple[int, ...] = ()


WARMING = tuple(
    Request("GET", f"{base}ctx/none/", "", {"Host": "testserver"}, b"", "", 404, ()) for base in (BASE, TWIN, ELSEWHERE)
)
"""They make a server compile its interfaces."""


class Answer(NamedTuple):
    status: int
    cache: str
    body: bytes


class Player:
    """One client that waits for each answer.

    :param seed: what it does depends on this and the time alone.
    """

    def __init__(self, seed: str, writer: Writer) -> None:
        self._random = random.Random(seed)  # noqa: S311 - a game
        self._writer = writer
        self._names = (f"{seed}-{number}" for number in itertools.count())
        self.operations = 0
        self.hits = 0
        self._just_written: list[int] = []
        self._given_up: list[tuple[str, int, int]] = []
        self._outliving: dict[str, tuple[int, int]] = {}

    def choose(self) -> Request:
        """What to ask next; after a mutation most often for something that it has changed."""
        self._settle_outliving()
        if self._just_written and self._random.random() < _LOOK_SHARE:
            return self._fetch(self._random.choice(SHOWING[self._random.choice(self._just_written)]))
        if self._random.random() < _mutation_share():
            return self._mutation()
        if self._random.random() < _SEVERAL_SHARE:
            return self._several()
        return self._fetch(_BY_WEIGHT[int(len(FETCHES) * self._random.random() ** 1.5)])

    def patience(self, request: Request) -> float | None:
        """Seconds after which the player gives up; None for one who waits. Only mutations are worth it."""
        stays = request.fetches != () or request.function in (*_OUTLIVING, *_STREAMS)
        leaves = not stays and self._random.random() < _LEAVING_SHARE
        return self._random.uniform(0, _PATIENCE) if leaves else None

    def record(self, request: Request, answer: Answer | None, begin: int, end: int) -> None:
        """:raises UnexpectedAnswer: for an answer that no request here may have."""
        self.operations += 1
        self._settle_given_up(end - _SETTLING)
        if answer is None:
            self._given_up.append((request.operation, begin, end))
            return
        if answer.status != request.status:
            place = f"{request.method} {request.path}?{request.query}"
            raise UnexpectedAnswer(f"{place}: {answer.status} {answer.body.decode()}")
        self._just_written = []
        if request.function in _OUTLIVING:
            self._outliving[request.operation] = begin, end
            gates.pop(request.operation).set_result(None)
        elif request.fetches == ():
            self._brought(request, answer, begin, end)
            self._write(request.operation, begin, end)
        elif len(request.fetches) == 1:
            self._shown(request.fetches[0], json.loads(answer.body), answer.cache, begin, end)
        else:
            for index, part in zip(request.fetches, json.loads(answer.body)["bundles"], strict=True):
                if part["status"] != 200:
                    raise UnexpectedAnswer(f"{request.path}?{request.query}: {part}")
                self._shown(index, part["bundle"], part["cache"], begin, end)

    def close(self) -> None:
        """Write down the rest."""
        self.settle()
        if self._outliving:
            raise UnexpectedAnswer("What has outlived its request has failed.")
        self._writer.close()

    def flush(self) -> None:
        """Let others read what has been written down."""
        self._writer.flush()

    def settle(self) -> None:
        """Write down what the server is done with: all that was given up, and what has outlived its request."""
        self._settle_given_up(None)
        self._settle_outliving()

    def _settle_given_up(self, until: int | None) -> None:
        """Write down what was given up until then: it must be visible since the server has been done with it."""
        while self._given_up and (until is None or self._given_up[0][2] < until):
            self._write(*self._given_up.pop(0))

    def _settle_outliving(self) -> None:
        """Write down what has outlived its request and says that it is done."""
        for operation, (begin, answered) in tuple(self._outliving.items()):
            end = finished.pop(operation, None)
            if end is not None:
                del self._outliving[operation]
                # What could not outlive its request may have been in its transaction.
                self._write(operation, begin, max(end, answered))

    def _write(self, operation: str, begin: int, end: int) -> None:
        written = journal.pop(operation)
        self._just_written = list(written)
        self._writer.write(Kind.WRITE, begin, end, itertools.chain.from_iterable(written.items()))

    def _shown(self, index: int, bundle: Any, cache: str, begin: int, end: int) -> list[int] | None:
        """Write down what a bundle shows; give its versions, none for another's."""
        versions = _versions(FETCHES[index], bundle)
        kind = Kind.FOREIGN if versions is None else _HITS[cache]
        self.hits += kind is Kind.HIT
        self._writer.write(kind, begin, end, [index, *(versions or ())])
        return versions

    def _brought(self, request: Request, answer: Answer, begin: int, end: int) -> None:
        """What a mutation has brought along was read while it was under way, and after it had written."""
        if request.shown == ():
            return
        wrote = journal[request.operation]
        asked = {_entry(index): index for index in request.shown}
        for brought in json.loads(answer.body).get("refresh", ()):
            index = asked[json.dumps([brought["context"], brought["params"]])]
            versions = self._shown(index, brought["bundle"], "BYPASS", begin, end)
            for cell, version in zip(FETCHES[index].cells, versions or (), strict=versions is not None):
                if version < wrote.get(cell, 0):
                    raise UnexpectedAnswer(f"{request.function} brought {FETCHES[index]} without its own effect")

    def _several(self) -> Request:
        """Bundles of one viewer and one language in one request."""
        first = self._random.choice(FETCHES)
        like = _TOGETHER[first.viewer, first.language]
        chosen = self._random.choices(like, k=self._random.randint(2, _MOST))
        return fetching_several(chosen, self._base(), in_transaction=self._is_in_transaction())

    def _fetch(self, index: int) -> Request:
        return fetching(index, self._base(), in_transaction=self._is_in_transaction())

    def _mutation(self) -> Request:
        name, params = self._random.choice(list(MUTATIONS.items()))
        arguments: dict[str, int | None] = {param: self._random.randrange(_SIZES[param]) for param in params}
        if name == "sweep":
            arguments = self._some(arguments)
        viewer = self._random.choice(VIEWERS)
        says = name not in (*_SILENT, _ELSEWHERE) and self._random.random() < _SHOWN_SHARE
        shown = self._random.sample(_TOGETHER[viewer, None], self._random.randint(1, _MOST)) if says else ()
        in_transaction = self._is_in_transaction()
        operation, base = next(self._names), self._base()
        return mutating(name, arguments, viewer, operation, base, shown, in_transaction=in_transaction)

    def _base(self) -> str:
        return TWIN if self._random.random() < _TWIN_SHARE else BASE

    def _some(self, arguments: dict[str, int | None]) -> dict[str, int | None]:
        """Each argument passed, passed as None, or left out."""
        fates = {name: self._random.choice(("passed", "none", "left out")) for name in arguments}
        return {
            name: value if fates[name] == "passed" else None
            for name, value in arguments.items()
            if fates[name] != "left out"
        }

    def _is_in_transaction(self) -> bool:
        return self._random.random() < _TRANSACTION_SHARE


def fetching(index: int, base: str = BASE, *, in_transaction: bool = False) -> Request:
    """The request for a bundle.

    :param in_transaction: ask Django for a transaction around it.
    """
    fetch = FETCHES[index]
    own = {} if fetch.language is None else {"X-Language": fetch.language}
    headers = _headers(fetch.viewer, own, in_transaction=in_transaction)
    return Request("GET", f"{base}ctx/{fetch.context}/", urlencode(fetch.params), headers, b"", "", 200, (index,))


def fetching_several(indices: Sequence[int], base: str = BASE, *, in_transaction: bool = False) -> Request:
    """One request for several bundles of one viewer and language, as clients send it for what is wanted in one tick."""
    fetches = [FETCHES[index] for index in indices]
    single = fetching(indices[0], base, in_transaction=in_transaction)
    query = urlencode([(fetch.context, urlencode(fetch.params)) for fetch in fetches])
    return single._replace(path=f"{base}ctx/", query=query, fetches=tuple(indices))


def mutating(
    name: str,
    arguments: Mapping[str, int | None],
    viewer: Viewer,
    operation: str,
    base: str = BASE,
    shown: Sequence[int] = (),
    *,
    in_transaction: bool = False,
) -> Request:
    """The request for a mutation, which may then write in the journal under the name *operation*.

    :param shown: bundles that it may bring along.
    """
    journal[operation] = {}
    if name in _OUTLIVING:
        gates[operation] = Future()
    path, own, body = _written(name, arguments, base, shown)
    headers = _headers(viewer, {**own, "X-Operation": operation}, in_transaction=in_transaction)
    return Request("POST", path, "", headers, body, operation, STATUSES.get(name, 200), (), name, tuple(shown))


def _written(
    name: str, arguments: Mapping[str, int | None], base: str, shown: Sequence[int]
) -> tuple[str, dict[str, str], bytes]:
    """The path, the headers and the body of a mutation, in the way that it is asked for."""
    if name in _PAGES:
        own = {"Content-Type": "application/x-www-form-urlencoded", **_PROOF}
        return PAGES[base] + _PAGES[name].format(**arguments), own, b""
    if name in _UPLOADS:
        own = {"Content-Type": f"multipart/form-data; boundary={_BOUNDARY}", "X-Mizan-Call": "1", **_PROOF}
        return f"{base}call/{name}/", own, _parts(args=json.dumps(arguments), file="tea")
    content: dict[str, object] = {"fn": name, "args": arguments}
    if shown:
        content["shown"] = [{"context": FETCHES[index].context, "params": FETCHES[index].params} for index in shown]
    place = ELSEWHERE if name == _ELSEWHERE else base
    return f"{place}call/", {"Content-Type": "application/json"}, json.dumps(content).encode()


def _parts(args: str, file: str) -> bytes:
    head = 'Content-Disposition: form-data; name="{}"{}\r\n\r\n{}\r\n'
    parts = (head.format("args", "", args), head.format("file", '; filename="tea.txt"', file))
    return "".join(f"--{_BOUNDARY}\r\n{part}" for part in parts).encode() + f"--{_BOUNDARY}--\r\n".encode()


def _headers(viewer: Viewer, own: Mapping[str, str], *, in_transaction: bool) -> dict[str, str]:
    headers = {"Host": "testserver", **own}
    if viewer.user is not None:
        headers["X-Mizan-Token"] = TOKENS[viewer]
    if in_transaction:
        headers["X-Transaction"] = "1"
    return headers


def _mutation_share() -> float:
    return _BUSY_SHARE if time.monotonic() % 1 < _BUSY_PART else _CALM_SHARE


def _versions(fetch: Fetch, bundle: Any) -> list[int] | None:
    """The versions in a bundle; None when it is another viewer's, or of other cells."""
    if bundle.keys() != fetch.parts.keys():
        return None
    versions: list[int] = []
    for name in sorted(fetch.parts):
        if (bundle[name]["word"], bundle[name]["cells"]) != fetch.parts[name]:
            return None
        versions += bundle[name]["versions"]
    return versions


def _entry(index: int) -> str:
    """What a bundle is known by in an answer."""
    return json.dumps([FETCHES[index].context, FETCHES[index].params])


_TOGETHER = {
    (viewer, language): [
        index for index, fetch in enumerate(FETCHES) if fetch.viewer == viewer and fetch.language == language
    ]
    for viewer in VIEWERS
    for language in (None, *LANGUAGES)
}
"""The bundles that one viewer may ask for in one language, or whatever the language."""

_BY_WEIGHT = random.Random(1).sample(range(len(FETCHES)), len(FETCHES))  # noqa: S311 - a game
"""Some bundles are asked for more often than others, the same ones by all players."""

SHOWING = [[index for index, fetch in enumerate(FETCHES) if cell in fetch.cells] for cell in range(CELLS)]
"""The bundles that show a cell."""
