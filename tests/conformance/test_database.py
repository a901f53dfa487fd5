"""Django: functions that use the database, alone and in bundles of several threads."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.conformance.caller import Caller
from tests.conformance.conftest import World
from tests.conformance.functions.results import LEAK
from tests.conformance.target import TIMEOUT, Target

pytestmark = pytest.mark.django


def test_a_row_leaves_only_what_is_declared(stranger: Caller, world: World) -> None:
    key = stranger.call("add_note", {"text": "row"}).result
    answer = stranger.call(world("stored_note"), {"note_id": key})
    assert answer.body == b'{"result":{"id":%d,"text":"row"}}' % key
    assert stranger.call(world("stored_note"), {"note_id": 10**9}).result is None


def test_a_bundle_of_several_functions_reads_what_was_written(stranger: Caller) -> None:
    for number in range(5):
        key = stranger.call("add_note", {"text": f"note {number}"}).result
        bundle = stranger.fetch("notes")
        assert bundle.json["notes"][-1] == {"id": key, "text": f"note {number}"}
        assert bundle.json["note_texts"][-1] == f"note {number}"
        assert bundle.json["note_count"] == len(bundle.json["notes"])
        assert LEAK.encode() not in bundle.body
        mixed = stranger.fetch("notes_mixed").json
        assert mixed["notes_from_loop"] == mixed["note_count_mixed"] == bundle.json["note_count"]


def test_connections_are_closed_after_every_request(target: Target) -> None:
    files = Path(f"/proc/{target.process.pid}/fd")
    if not files.exists():
        pytest.skip("this system does not list the open files of a process")

    def open_databases() -> int:
        return sum(_is_database(link) for link in files.iterdir())

    callers = [Caller(target.http()) for _ in range(8)]
    with ThreadPoolExecutor(len(callers)) as pool:
        for context in ("notes", "notes_mixed"):
            for answer in [pool.submit(caller.fetch, context) for caller in callers for _ in range(3)]:
                assert answer.result().status == 200
    # Django closes the connection of a request's own thread once the answer has been sent.
    deadline = time.monotonic() + TIMEOUT
    while open_databases() > 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert open_databases() <= 2


def _is_database(link: Path) -> bool:
    try:
        return str(link.readlink()).endswith(".sqlite3")
    except OSError:
        return False
