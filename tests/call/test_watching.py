"""A fetch that is watched: who watches is entered before versions are read, and these before functions run."""

from __future__ import annotations

from typing import Any

import pytest

from mizan_core.call.asked import Fetch
from mizan_core.call.flow import answer_fetch
from mizan_core.call.outcome import Fetched, Refused
from mizan_core.call.progress import Progress
from mizan_core.errors import Unauthorized
from mizan_core.interface.interface import Bundle, Selection
from mizan_core.settings import Settings
from tests.call.fakes import SETTINGS, App, Way


def app(state: dict[str, str], settings: Settings = SETTINGS, **options: Any) -> App:
    def name(request: Any, user_id: int) -> str:
        return state["name"]

    def rename(request: Any, user_id: int, name: str) -> None:
        state["name"] = name

    made = App({name: {"context": "user", **options}, rename: {"affects": "user"}}, settings)
    made.dispatcher.watched_store()
    return made


def watched(way: Way, made: App, tell: Any, **params: Any) -> Any:
    async def watch(tags: list[str]) -> None:
        await tell(tags)

    def read(bundle: Bundle) -> Selection:
        return bundle.select(params, len(params))

    asked = Fetch("user", read, None, lambda _: None, lambda _: False, watch)
    return answer_fetch(way.port(), made.dispatcher.interface(), asked, Progress("test/"))


@pytest.mark.parametrize("settings", [SETTINGS, Settings()], ids=["cached", "without a secret"])
@pytest.mark.parametrize("options", [{}, {"cache": False}], ids=["kept", "never kept"])
def test_what_is_changed_at_the_barrier_is_in_the_bundle_and_is_announced_to_the_watch(
    way: Way, settings: Settings, options: dict[str, Any]
) -> None:
    state = {"name": "Ada"}
    made = app(state, settings, **options)
    store = made.dispatcher.watched_store()
    entered: list[str] = []

    async def barrier(tags: list[str]) -> None:
        entered.extend(tags)
        before = await store.versions(way.port().access(store), tags)
        await made.call(way.port(), "rename", user_id=1, name="Eve")
        assert before != await store.versions(way.port().access(store), tags)

    outcome = way.run(watched(way, made, barrier, user_id=1))
    assert isinstance(outcome, Fetched)
    assert outcome.body == b'{"name":"Eve"}'
    assert entered


def test_the_tags_are_those_that_the_entry_is_kept_with(way: Way) -> None:
    made = app({"name": "Ada"})
    entered: list[list[str]] = []

    async def note(tags: list[str]) -> None:
        entered.append(tags)

    outcome = way.run(watched(way, made, note, user_id=1))
    assert isinstance(outcome, Fetched)
    assert [*entered] == [list(outcome.tags)]


def test_whoever_may_not_fetch_is_not_entered(way: Way) -> None:
    async def never(tags: list[str]) -> None:
        raise AssertionError(tags)

    outcome = way.run(watched(way, app({"name": "Ada"}, auth=True), never, user_id=1))
    assert isinstance(outcome, Refused)
    assert isinstance(outcome.error, Unauthorized)
