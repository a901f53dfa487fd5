"""What a mutation makes stale is fetched anew, whatever it was that made the change, and nothing else is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mizan_core.errors import Conflict
from tests.cache.http.asking import Asker
from tests.conformance.caller import JSON


@pytest.mark.parametrize(
    "function",
    [
        "deposit",
        "correct_account",
        "deposit_through",
        "deposit_through_privately",
        "deposit_directly",
        pytest.param("replace_account", id="merge only"),
    ],
)
def test_a_mutation_makes_its_own_entries_stale(asker: Asker, function: str) -> None:
    for account_id in (1, 2):
        asker.keep("account", account_id=account_id)
    assert asker.call(function, account_id=1).status == 200
    assert asker.balance(1) == ("MISS", 1)
    assert asker.balance(1) == ("HIT", 1)
    assert asker.balance(2) == ("HIT", 0)


def test_for_every_viewer(asker: Asker) -> None:
    viewers = [asker, *(asker.become(asker.site.bearer(sub)) for sub in ("4711", "4712"))]
    for viewer in viewers:
        viewer.keep("account", account_id=1)
    asker.call("deposit", account_id=1)
    assert [viewer.balance(1) for viewer in viewers] == [("MISS", 1)] * 3


def test_without_a_common_parameter_everything_is_stale(asker: Asker) -> None:
    for account_id in (1, 2):
        asker.keep("account", account_id=account_id)
    asker.keep("notice")
    asker.call("close_day", day=1)
    assert [asker.balance(account_id)[0] for account_id in (1, 2)] == ["MISS", "MISS"]
    assert asker.word("notice") == "HIT"


def test_a_view_purges(asker: Asker) -> None:
    for account_id in (1, 2):
        asker.keep("account", account_id=account_id)
    function = ("view_django" if asker.site.is_django else "view_fastapi") + asker.suffix
    assert asker.caller.view(function, {"account_id": 1}).text == "done"
    assert asker.balance(1) == ("MISS", 1)
    assert asker.balance(2) == ("HIT", 0)


def test_a_mutation_that_a_context_function_calls(asker: Asker) -> None:
    for account_id in (1, 2):
        asker.keep("account", account_id=account_id)
    assert asker.value("statement", account_id=1) == 1
    assert asker.balance(1) == ("MISS", 1)
    assert asker.balance(2) == ("HIT", 0)


class TestFailures:
    def test_one_that_nobody_foresaw_may_have_written(self, asker: Asker) -> None:
        for account_id in (1, 2):
            asker.keep("account", account_id=account_id)
        asker.call("deposit_and_collapse", account_id=1).refused("INTERNAL_ERROR")
        assert asker.balance(1) == ("MISS", 1)
        assert asker.balance(2) == ("HIT", 0)

    @pytest.mark.parametrize(
        ("function", "code"),
        [
            ("deposit_and_refuse", "CONFLICT"),
            ("deposit_and_mistake", "INTERNAL_ERROR"),
            ("deposit_through_and_refuse", "CONFLICT"),
        ],
    )
    def test_so_may_any_other(self, asker: Asker, function: str, code: str) -> None:
        for account_id in (1, 2):
            asker.keep("account", account_id=account_id)
        answer = asker.call(function, account_id=1).refused(code)
        assert answer.invalidate == [{"context": f"account{asker.suffix}", "params": {"account_id": 1}}]
        assert asker.balance(1) == ("MISS", 1)
        assert asker.balance(2) == ("HIT", 0)

    def test_what_it_would_have_merged_is_stale(self, asker: Asker) -> None:
        for account_id in (1, 2):
            asker.keep("account", account_id=account_id)
        answer = asker.call("replace_and_refuse", account_id=1).refused("CONFLICT")
        [entry] = answer.invalidate or []
        assert entry == {
            "context": f"account{asker.suffix}",
            "function": f"account{asker.suffix}",
            "params": {"account_id": 1},
        }
        assert asker.balance(1) == ("MISS", 1)
        assert asker.balance(2) == ("HIT", 0)

    def test_what_is_refused_before_it_runs_changes_nothing(self, asker: Asker) -> None:
        asker.keep("account", account_id=1)
        assert asker.call("deposit", account_id="x").refused("VALIDATION_ERROR").invalidate is None
        asker.call("deposit", account_id=1, more=1).refused("VALIDATION_ERROR")
        asker.call("deposit_by_staff", account_id=1).refused("UNAUTHORIZED")
        asker.become(asker.site.bearer("4711")).call("deposit_by_staff", account_id=1).refused("FORBIDDEN")
        asker.call("deposit_privately", account_id=1).refused("FORBIDDEN")
        asker.call("deposit_nowhere", account_id=1).refused("NOT_FOUND")
        asker.caller.post(b"{", JSON).refused("BAD_REQUEST")
        asker.caller.post(_call("deposit", account_id=1), "text/plain").refused("UNSUPPORTED_MEDIA_TYPE")
        assert asker.balance(1) == ("HIT", 0)

    def test_who_may_purges(self, asker: Asker) -> None:
        asker.keep("account", account_id=1)
        asker.become(asker.site.bearer("4711", staff=True)).call("deposit_by_staff", account_id=1)
        assert asker.balance(1) == ("MISS", 1)


class TestScopes:
    def test_spellings_of_a_value_purge_the_same(self, asker: Asker) -> None:
        asker.keep("account", account_id="007")
        asker.call("deposit", account_id="7")
        assert asker.word("account", account_id=7) == "MISS"

    def test_an_entry_whose_parameter_a_default_has_filled(self, asker: Asker) -> None:
        """The purge cannot know that the page without a size has ten lines."""
        asker.keep("page", number=1)
        asker.keep("page", number=1, size=10)
        asker.keep("page", number=1, size=20)
        asker.call("touch_pages", size=10)
        assert asker.fetch("page", number=1) == ("MISS", {"page": 1})
        assert asker.fetch("page", number=1, size=10) == ("MISS", {"page": 1})
        assert asker.fetch("page", number=1, size=20) == ("HIT", {"page": 0})

    def test_a_purge_of_what_no_default_fills_spares_nobody_it_must_not(self, asker: Asker) -> None:
        asker.keep("page", number=1, size=20)
        asker.keep("page", number=2, size=20)
        asker.call("touch_pages", size=20)
        assert asker.word("page", number=1, size=20) == "MISS"
        assert asker.word("page", number=2, size=20) == "MISS"

    def test_an_optional_parameter_narrows_when_it_is_given(self, asker: Asker) -> None:
        """Entries without the parameter may be about any category, whatever their shop."""
        self._keep_searches(asker)
        asker.call("stock_shop", shop=1, category=1)
        assert self._stale_searches(asker) == [(1, None), (1, 1), (2, None)]

    @pytest.mark.parametrize("arguments", [{}, {"category": None}], ids=["missing", "null"])
    def test_an_optional_parameter_does_not_narrow_when_it_is_not(self, asker: Asker, arguments: Any) -> None:
        self._keep_searches(asker)
        asker.call("stock_shop", shop=1, **arguments)
        assert self._stale_searches(asker) == [(1, None), (1, 1), (1, 2)]

    def test_a_parameter_that_is_annotated_otherwise_does_not_narrow(self, asker: Asker) -> None:
        """``greet_person`` makes lower case of the name that the context takes as it is."""
        for name in ("Ada", "ada"):
            asker.keep("person", name=name)
        asker.call("greet_person", name="ADA")
        assert asker.fetch("person", name="Ada") == ("MISS", {"person": 1})
        assert asker.word("person", name="ada") == "MISS"

    def test_one_that_is_annotated_the_same_does(self, asker: Asker) -> None:
        for name in ("Ada", "ada"):
            asker.keep("person", name=name)
        asker.call("rename_person", name="Ada")
        assert [asker.word("person", name=name) for name in ("Ada", "ada")] == ["MISS", "HIT"]

    def test_without_automatic_scopes_everything_is_stale(self, asker: Asker) -> None:
        asker.keep("person_broadly", name="Ada")
        asker.call("rename_broadly", name="Grace")
        assert asker.word("person_broadly", name="Ada") == "MISS"

    @staticmethod
    def _searches() -> list[tuple[int, int | None]]:
        return [(shop, category) for shop in (1, 2) for category in (None, 1, 2)]

    def _keep_searches(self, asker: Asker) -> None:
        for shop, category in self._searches():
            asker.keep("search", **_given(shop=shop, category=category))

    def _stale_searches(self, asker: Asker) -> list[tuple[int, int | None]]:
        words = {
            search: asker.word("search", **_given(shop=search[0], category=search[1])) for search in self._searches()
        }
        return [search for search, word in words.items() if word == "MISS"]


class TestByName:
    """``purge`` and ``apurge``, for changes that no mutation makes."""

    @pytest.fixture(params=["purge", "apurge"])
    def purge(self, request: pytest.FixtureRequest, asker: Asker) -> Any:
        package, portal = asker.site.package, asker.site.portal
        if request.param == "purge":
            return lambda context, **params: package.purge(context + asker.suffix, **params)

        async def apurge(context: str, params: dict[str, Any]) -> None:
            await package.apurge(context + asker.suffix, **params)

        return lambda context, **params: portal.call(apurge, context, params)

    def test_all_of_a_context(self, asker: Asker, purge: Any) -> None:
        self._keep(asker)
        purge("account")
        assert self._words(asker) == ["MISS", "MISS", "HIT"]

    def test_one_scope(self, asker: Asker, purge: Any) -> None:
        for account_id in (1, "2"):
            self._keep(asker)
            purge("account", account_id=account_id)
            wanted = ["HIT", "HIT", "HIT"]
            wanted[int(account_id) - 1] = "MISS"
            assert self._words(asker) == wanted

    def test_a_scope_that_no_mutation_has_purges_broadly(self, asker: Asker, purge: Any) -> None:
        asker.keep("page", number=1, size=20)
        asker.keep("page", number=2, size=20)
        purge("page", number=1)
        assert [asker.word("page", number=number, size=20) for number in (1, 2)] == ["MISS", "MISS"]

    def test_none_is_no_scope(self, asker: Asker, purge: Any) -> None:
        self._keep(asker)
        purge("account", account_id=None)
        assert self._words(asker) == ["MISS", "MISS", "HIT"]

    def test_a_context_that_is_not_there(self, purge: Any) -> None:
        with pytest.raises(ValueError, match=r"no context is named 'acount\w*'; there are: account, "):
            purge("acount")

    def test_a_parameter_that_is_not_there(self, purge: Any) -> None:
        with pytest.raises(ValueError, match=r"has no parameter 'id'; it has: account_id$"):
            purge("account", id=1)

    def test_a_value_of_another_type(self, asker: Asker, purge: Any) -> None:
        self._keep(asker)
        with pytest.raises(ValueError, match="valid integer"):
            purge("account", account_id="x")
        assert self._words(asker) == ["HIT", "HIT", "HIT"]

    @staticmethod
    def _keep(asker: Asker) -> None:
        for account_id in (1, 2):
            asker.keep("account", account_id=account_id)
        asker.keep("notice")

    @staticmethod
    def _words(asker: Asker) -> list[str]:
        return [*(asker.word("account", account_id=account_id) for account_id in (1, 2)), asker.word("notice")]


class TestOutsideRequests:
    """Server code that calls a function where no request is being answered."""

    @pytest.mark.parametrize("function", ["deposit", "deposit_privately"])
    def test_call_sync(self, asker: Asker, function: str) -> None:
        self._keep(asker)
        asker.function(function).call_sync(None, account_id="1")
        self._check(asker)

    @pytest.mark.parametrize("function", ["deposit", "deposit_privately"])
    def test_call(self, asker: Asker, function: str) -> None:
        self._keep(asker)

        async def call() -> None:
            await asker.function(function).call(None, account_id=1)

        asker.site.portal.call(call)
        self._check(asker)

    @pytest.mark.parametrize(
        ("args", "kwargs"),
        [((None, "1"), {}), ((None,), {"account_id": 1}), ((), {"request": None, "account_id": 1})],
        ids=["by place", "by name", "all by name"],
    )
    def test_a_direct_call(self, asker: Asker, args: Any, kwargs: Any) -> None:
        self._keep(asker)

        async def call() -> None:
            await asker.function("deposit")(*args, **kwargs)

        if asker.suffix:
            asker.site.portal.call(call)
        else:
            asker.function("deposit")(*args, **kwargs)
        self._check(asker)

    def test_an_error_of_ours(self, asker: Asker) -> None:
        self._keep(asker)
        with pytest.raises(Conflict):
            asker.function("deposit_and_refuse").call_sync(None, account_id=1)
        self._check(asker)

    def test_one_that_fails_after_writing(self, asker: Asker) -> None:
        self._keep(asker)
        with pytest.raises(RuntimeError, match="after writing"):
            asker.function("deposit_and_collapse").call_sync(None, account_id=1)
        self._check(asker)

    @staticmethod
    def _keep(asker: Asker) -> None:
        for account_id in (1, 2):
            asker.keep("account", account_id=account_id)

    @staticmethod
    def _check(asker: Asker) -> None:
        assert asker.balance(1) == ("MISS", 1)
        assert asker.balance(2) == ("HIT", 0)


def _call(function: str, **arguments: Any) -> bytes:
    return json.dumps({"fn": function, "args": arguments}).encode()


def _given(**arguments: Any) -> dict[str, Any]:
    return {name: value for name, value in arguments.items() if value is not None}
