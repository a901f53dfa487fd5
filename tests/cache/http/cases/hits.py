"""What is answered from the cache, for how long, and what never is."""

from __future__ import annotations

import time

import pytest
from django.conf import settings as django_settings

from mizan_core.cache import stats
from mizan_core.interface.caching import DEFAULT_TTL
from tests.cache.http.asking import Asker
from tests.cache.http.sites import Site
from tests.cache.http.world import PATIENCE, WORLD


def test_the_second_fetch_is_answered_from_the_cache(asker: Asker) -> None:
    first, again = (asker.fetch("account", account_id=1) for _ in range(2))
    assert (first[0], again[0]) == ("MISS", "HIT")
    assert first[1] == again[1] == {"account": {"id": 1, "balance": 0}, "account_note": "note"}
    assert WORLD.runs["account"] == 1


def test_another_parameter_is_another_entry(asker: Asker) -> None:
    asker.keep("account", account_id=1)
    assert asker.word("account", account_id=2) == "MISS"


def test_what_is_counted(asker: Asker) -> None:
    before = stats()
    for _ in range(3):
        asker.word("account", account_id=1)
    asker.word("uncached")
    asker.call("deposit", account_id=1)
    after = stats()
    counted = {name: getattr(after, name) - getattr(before, name) for name in ("hits", "misses", "bypasses", "purges")}
    assert counted == {"hits": 2, "misses": 1, "bypasses": 1, "purges": 1}


def test_one_function_that_is_never_cached_keeps_the_bundle_out(asker: Asker) -> None:
    assert [asker.word("uncached") for _ in range(2)] == ["BYPASS", "BYPASS"]
    assert WORLD.runs["uncached"] == 2


@pytest.mark.parametrize(("context", "seconds"), [("brief", 10), ("unbounded", DEFAULT_TTL)])
def test_an_entry_lives_as_long_as_the_shortest_of_its_functions(asker: Asker, context: str, seconds: int) -> None:
    asker.keep(context)
    asker.site.cache.now += seconds - 1
    assert asker.word(context) == "HIT"
    asker.site.cache.now += 2
    assert asker.word(context) == "MISS"


def test_a_parameter_without_a_json_form_bypasses(asker: Asker) -> None:
    assert [asker.word("measured", value="?") for _ in range(2)] == ["BYPASS", "BYPASS"]
    asker.keep("measured", value="!")


def test_spellings_of_one_value_share_an_entry(asker: Asker) -> None:
    asker.keep("account", account_id="05")
    assert asker.word("account", account_id="5") == "HIT"
    assert asker.word("account", account_id="-5") == "MISS"


def test_a_failing_function_leaves_nothing(asker: Asker) -> None:
    WORLD.failures["slow"] = RuntimeError("said by the test")
    asker.caller.fetch("slow" + asker.suffix, account_id=1).refused("INTERNAL_ERROR")
    assert [asker.word("slow", account_id=1) for _ in range(2)] == ["MISS", "HIT"]


def test_refused_requests_do_not_reach_the_cache(asker: Asker) -> None:
    before = stats()
    asker.caller.fetch("account" + asker.suffix, account_id="x").refused("VALIDATION_ERROR")
    asker.caller.fetch("members" + asker.suffix).refused("UNAUTHORIZED")
    assert stats() == before


def test_head_is_answered_like_get(site: Site) -> None:
    caller = site.stranger()
    words = [caller.request("HEAD", "ctx/account/?account_id=1").headers["X-Mizan-Cache"] for _ in range(2)]
    assert words == ["MISS", "HIT"]


def test_without_a_secret_nothing_is_cached(
    site: Site, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.delenv("MIZAN_CACHE_SECRET")
    monkeypatch.setattr(django_settings, "MIZAN_CACHE_SECRET", None)
    caller = site.stranger()
    site.dispatcher.reset()
    request.addfinalizer(site.dispatcher.reset)
    assert [caller.fetch("account", account_id=1).headers["X-Mizan-Cache"] for _ in range(2)] == ["BYPASS"] * 2
    assert caller.call("deposit", {"account_id": 1}).result == 1
    site.package.purge("account", account_id=1)
    with pytest.raises(ValueError, match="no context is named 'acount'"):
        site.package.purge("acount")


def test_a_store_that_does_not_answer_is_done_without(asker: Asker) -> None:
    asker.keep("account", account_id=1)
    asker.site.cache.is_away = True
    assert asker.balance(1) == ("BYPASS", 0)
    assert asker.call("deposit", account_id=1).result == 1
    assert asker.balance(1) == ("BYPASS", 1)
    asker.site.cache.is_away = False
    asker.call("deposit", account_id=1)
    balances = _balances_until_hit(asker)
    assert {balance for _, balance in balances} == {2}
    assert ("MISS", 2) in balances


def _balances_until_hit(asker: Asker) -> list[tuple[str, int]]:
    """The store comes to be trusted in the background."""
    end, balances = time.monotonic() + PATIENCE, [asker.balance(1)]
    while balances[-1][0] != "HIT":
        assert time.monotonic() < end, "the store is not used again"
        balances.append(asker.balance(1))
    return balances
