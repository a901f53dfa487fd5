"""What a query asks of a context is worked out once, where it is the same each time; and entries, for each viewer."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pytest
from pydantic import AfterValidator, Field

from mizan_core.cache.bypass import Bypass, BypassReason
from mizan_core.client import CachePolicy
from mizan_core.errors import ValidationFailed
from mizan_core.http.reading import read_query
from mizan_core.interface.caching import BundleKey, BundlePolicy
from mizan_core.interface.interface import Bundle, Interface, Selection
from mizan_core.viewer import ANONYMOUS, Viewer
from tests.call.fakes import App

VIEWERS = [
    ANONYMOUS,
    Viewer(authenticated=True, id="1"),
    Viewer(authenticated=True, id="1", staff=True),
    Viewer(authenticated=True, id="1", superuser=True),
    *(Viewer(authenticated=True, id=f"{number}") for number in range(2, 40)),
]
"""More than are remembered."""


def plain(request: Any, user_id: Annotated[int, Field(ge=1)], kind: Literal["a", "b"] | None = None) -> int:
    return user_id


def listed(request: Any, tags: list[str]) -> int:
    return len(tags)


def checked(request: Any, user_id: Annotated[int, AfterValidator(lambda value: next(NUMBERS) + value)]) -> int:
    return user_id


NUMBERS = iter(range(100))


def served(function: Any, **options: Any) -> tuple[Interface, Bundle]:
    interface = App({function: {"context": "c", **options}}).dispatcher.interface()
    return interface, interface.bundle("c")


def key_of(bundle: Bundle, selection: Selection, viewer: Viewer, header: str | None = None) -> BundleKey | Bypass:
    assert isinstance(bundle.policy, BundlePolicy)
    return selection.bundle_key(bundle.policy, viewer, lambda _: header)


def test_equal_queries_are_read_once() -> None:
    interface, bundle = served(plain)
    first = interface.select(bundle, "user_id=1&kind=a", read_query)
    assert interface.select(bundle, "user_id=1&kind=a", read_query) is first
    other = interface.select(bundle, "user_id=2", read_query)
    assert [first.arguments, other.arguments] == [[{"user_id": 1, "kind": "a"}], [{"user_id": 2}]]
    assert [first.scope, other.scope] == ["c;kind=a;user_id=1", "c;kind=null;user_id=2"]


def test_what_is_refused_is_refused_again() -> None:
    interface, bundle = served(plain)
    for _ in range(2):
        with pytest.raises(ValidationFailed):
            interface.select(bundle, "user_id=0", read_query)


def test_long_queries_are_not_kept() -> None:
    interface, bundle = served(plain)
    query = "user_id=" + "0" * 300 + "1"
    assert interface.select(bundle, query, read_query) is not interface.select(bundle, query, read_query)


def test_what_functions_could_change_is_read_for_each() -> None:
    interface, bundle = served(listed)
    interface.select(bundle, "tags=a", read_query).arguments[0]["tags"].append("b")
    assert interface.select(bundle, "tags=a", read_query).arguments == [{"tags": ["a"]}]


def test_validators_of_the_application_are_asked_each_time() -> None:
    interface, bundle = served(checked)
    found = [interface.select(bundle, "user_id=5", read_query).arguments[0]["user_id"] for _ in range(2)]
    assert found[0] != found[1]


def test_each_viewer_has_an_entry_of_their_own() -> None:
    interface, bundle = served(plain)
    remembered = interface.select(bundle, "user_id=1", read_query)
    anew = [key_of(bundle, bundle.select({"user_id": 1}, 1), viewer) for viewer in VIEWERS]
    for _ in range(2):
        assert [key_of(bundle, remembered, viewer) for viewer in VIEWERS] == anew
    assert len({each.key for each in anew if isinstance(each, BundleKey)}) == len(VIEWERS)


def test_a_viewer_without_an_id_has_none() -> None:
    interface, bundle = served(plain)
    remembered = interface.select(bundle, "user_id=1", read_query)
    for viewer in (VIEWERS[1], Viewer(authenticated=True)) * 2:
        found = key_of(bundle, remembered, viewer)
        assert isinstance(found, BundleKey) == (viewer.id is not None), BypassReason.VIEWER_WITHOUT_ID


def test_a_shared_entry_is_everybodys() -> None:
    interface, bundle = served(plain, cache=CachePolicy(shared=True))
    remembered = interface.select(bundle, "user_id=1", read_query)
    found = [key_of(bundle, remembered, viewer) for viewer in VIEWERS]
    assert len({each.key for each in found if isinstance(each, BundleKey)}) == 1


def test_headers_are_looked_at_each_time() -> None:
    interface, bundle = served(plain, cache=CachePolicy(vary=("accept-language",)))
    remembered = interface.select(bundle, "user_id=1", read_query)
    found = [key_of(bundle, remembered, VIEWERS[1], language) for language in ("de", "en", "de", None)]
    keys = [each.key for each in found if isinstance(each, BundleKey)]
    assert keys[0] == keys[2]
    assert len(set(keys)) == 3
