"""Nobody is ever given what was made for another viewer."""

from __future__ import annotations

import itertools

import pytest

from mizan_core.cache import stats
from mizan_core.cache.bypass import BypassReason
from tests.cache.http.asking import Asker
from tests.cache.http.world import WORLD, Background
from tests.conformance.apps.accounts import ACCOUNTS


def _viewers(asker: Asker) -> dict[str, Asker]:
    """Strangers, every account by session and by token, and tokens that differ in their flags alone."""
    site = asker.site
    viewers = {"anonymous": asker}
    for name, account in ACCOUNTS.items():
        viewers[f"session of {name}"] = asker.become(site.member(name))
        claims = {"staff": account.staff, "super": account.superuser}
        viewers[f"token of {name}"] = asker.become(site.bearer(site.member_id(name), **claims))
    for staff, superuser in itertools.product((False, True), repeat=2):
        token = site.bearer("4711", staff=staff, super=superuser)
        viewers[f"4711 {staff} {superuser}"] = asker.become(token)
    return viewers


def test_everybody_is_told_who_they_are(asker: Asker) -> None:
    viewers = _viewers(asker)
    told = {name: viewer.value("mine") for name, viewer in viewers.items()}
    again = {name: viewer.fetch("mine") for name, viewer in viewers.items()}
    assert again == {name: ("HIT", {"mine": word}) for name, word in told.items()}
    assert told["anonymous"] == "None "
    assert told["4711 True True"] == "4711 staffsuper"
    for name in ACCOUNTS:
        assert told[f"session of {name}"].split()[0] == asker.site.member_id(name)
        assert told[f"session of {name}"] == told[f"token of {name}"]
    # Each account once, by session or by token, beside the tokens that differ in flags and the stranger.
    assert WORLD.runs["mine"] == len(set(told.values())) == len(ACCOUNTS) + 4 + 1


def test_a_token_is_asked_before_the_session(asker: Asker) -> None:
    member = asker.become(asker.site.member("plain"))
    member.keep("mine")
    both = asker.become(asker.site.bearer("4711"))
    both.caller.http.cookies.update(member.caller.http.cookies)
    assert both.fetch("mine") == ("MISS", {"mine": "4711 "})
    assert member.value("mine").split()[0] == asker.site.member_id("plain")


def test_a_refused_token_gets_no_entry(asker: Asker) -> None:
    asker.keep("mine")
    for token in (asker.site.bearer("4711", exp=1), asker.site.bearer("4711", aud="another")):
        token.fetch("mine" + asker.suffix).refused("UNAUTHORIZED")


def test_who_may_not_call_is_refused_whatever_is_cached(asker: Asker) -> None:
    asker.become(asker.site.bearer("4711")).keep("members")
    asker.caller.fetch("members" + asker.suffix).refused("UNAUTHORIZED")


def test_shared_by_all_when_every_function_says_so(asker: Asker) -> None:
    asker.keep("notice")
    assert {viewer.word("notice") for viewer in _viewers(asker).values()} == {"HIT"}
    assert WORLD.runs["notice"] == 1


def test_not_shared_when_one_function_does_not_say_so(asker: Asker) -> None:
    asker.keep("half_shared")
    assert asker.become(asker.site.bearer("4711")).word("half_shared") == "MISS"
    assert asker.become(asker.site.bearer("4712")).word("half_shared") == "MISS"


def test_headers_that_functions_vary_by(asker: Asker) -> None:
    def greeting(**headers: str) -> tuple[str, str, str]:
        word, bundle = asker.fetch("greeting", {f"X-{name.title()}": value for name, value in headers.items()})
        return word, bundle["greeting"], bundle["price"]

    assert greeting(language="de", currency="EUR") == ("MISS", "in de", "in EUR")
    assert greeting(language="de", currency="EUR") == ("HIT", "in de", "in EUR")
    assert greeting(language="en", currency="EUR") == ("MISS", "in en", "in EUR")
    assert greeting(language="de", currency="USD") == ("MISS", "in de", "in USD")
    assert greeting(language="de") == ("MISS", "in de", "in None")
    assert greeting(language="de", currency="") == ("MISS", "in de", "in ")
    assert greeting(language="EUR", currency="de") == ("MISS", "in EUR", "in de")
    assert greeting(language="de") == ("HIT", "in de", "in None")


def test_a_header_that_is_not_named_makes_no_difference(asker: Asker) -> None:
    asker.keep("account", account_id=1)
    assert asker.word("account", {"X-Language": "de"}, account_id=1) == "HIT"


def test_a_bundle_that_read_an_anonymous_session_is_not_kept(asker: Asker) -> None:
    assert [asker.word("cart") for _ in range(3)] == ["MISS"] * 3
    assert WORLD.runs["cart"] == 3


def test_a_bundle_that_changed_an_anonymous_session_is_not_kept(asker: Asker) -> None:
    assert [asker.word("visits") for _ in range(3)] == ["MISS", "BYPASS", "BYPASS"]
    assert asker.caller.http.cookies, "the session has not been saved"


def test_a_bundle_that_read_a_members_session_is_not_kept(asker: Asker) -> None:
    """The same user has another session in another browser."""
    member = asker.become(asker.site.member("plain"))
    assert [member.word("cart") for _ in range(3)] == ["MISS"] * 3


CREDENTIALS = [
    {"Authorization": "Bearer of-somebody"},
    {"Cookie": "sid=of-somebody"},
    {"Cookie": "csrftoken=x; sid=y"},
    # Beside what Django takes for no cookie.
    {"Cookie": ";"},
    {"Cookie": "csrftoken=x;;"},
]


@pytest.mark.parametrize("headers", CREDENTIALS, ids=str)
def test_credentials_that_say_nothing_to_us_share_no_entry(asker: Asker, headers: dict[str, str]) -> None:
    asker.keep("account", account_id=1)
    assert [asker.word("account", headers, account_id=1) for _ in range(2)] == ["BYPASS"] * 2
    assert stats().bypassed_for[BypassReason.CREDENTIALS.value] >= 2
    assert asker.word("account", account_id=1) == "HIT"


@pytest.mark.parametrize("headers", CREDENTIALS, ids=str)
def test_unless_all_viewers_share_one_or_it_is_found_by_them(asker: Asker, headers: dict[str, str]) -> None:
    asker.keep("notice")
    assert asker.word("notice", headers) == "HIT"
    if "Cookie" in headers:
        asker.keep("reading_varied", headers, what="nothing")
        assert asker.word("reading_varied", {"Cookie": "sid=another"}, what="nothing") == "MISS"


def test_a_member_with_cookies_has_entries_of_their_own(asker: Asker) -> None:
    member = asker.become(asker.site.member("plain"))
    member.keep("account", account_id=1)


def test_the_cookie_that_guards_forms_says_nothing_of_its_owner(asker: Asker) -> None:
    asker.keep("account", account_id=1)
    asker.caller.session()
    assert bool(asker.caller.http.cookies) is asker.site.is_django
    assert asker.word("account", account_id=1) == "HIT"


def test_those_who_wait_do_not_get_what_came_from_anothers_session(asker: Asker) -> None:
    """A single flight must not share what the cache would not keep."""
    other = asker.become(asker.site.stranger())
    with WORLD.gate("slow_cart") as gate:
        leader = Background(lambda: asker.word("slow_cart"))
        gate.wait_for_arrival()
        follower = Background(lambda: other.word("slow_cart"))
        gate.open()
        assert [leader.result(), follower.result()] == ["MISS", "MISS"]
    assert WORLD.runs["slow_cart"] == 2
