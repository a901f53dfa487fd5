"""Who is a user: the table of ``mizan_core.viewer``, and that nothing else passes."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections import namedtuple
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, ClassVar
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mizan_core import viewer
from mizan_core.mwt import create_mwt
from mizan_core.viewer import ANONYMOUS, Viewer, viewer_of
from tests.conformance.apps.accounts import SECRET
from tests.conformance.apps.odd_users import ODD_USERS

Row = namedtuple("Row", ["id", "is_authenticated"])


class Textless:
    """Its text is its address."""


class Said:
    """A user who answers by methods."""

    id = 5

    def __init__(self, *, authenticated: Any = True, staff: Any = False) -> None:
        self._authenticated, self._staff = authenticated, staff

    def is_authenticated(self) -> Any:
        return self._authenticated

    @property
    def is_staff(self) -> Any:
        return self._staff


class Unfinished:
    """As Starlette's ``BaseUser`` leaves it to its heirs."""

    is_authenticated = True

    @property
    def identity(self) -> str:
        raise NotImplementedError


class Undecided:
    id = 5

    @property
    def is_authenticated(self) -> bool:
        raise NotImplementedError


class Empty:
    id = 5
    is_authenticated = True

    def __len__(self) -> int:
        return 0


class InClass:
    id: ClassVar[int] = 5
    is_authenticated: ClassVar[bool] = True


USERS: dict[str, tuple[Any, Viewer]] = {
    "a mapping with an id": ({"id": 5}, Viewer(True, id="5")),
    "an object with an id": (SimpleNamespace(id=5), Viewer(True, id="5")),
    "pk before id": (SimpleNamespace(pk=1, id=2), Viewer(True, id="1")),
    "an identity": (SimpleNamespace(is_authenticated=True, identity="ada"), Viewer(True, id="ada")),
    "no id at all": (SimpleNamespace(is_authenticated=True), Viewer(True)),
    "an identity to come": (Unfinished(), Viewer(True)),
    "methods": (Said(staff=True), Viewer(True, staff=True, id="5")),
    "a method that answers False for staff": (Said(staff=lambda: False), Viewer(True, id="5")),
    "flags": (
        {"id": 5, "is_authenticated": True, "is_active": True, "is_staff": True, "is_superuser": True},
        Viewer(True, staff=True, superuser=True, id="5"),
    ),
    "a row of a cursor": (Row(5, is_authenticated=True), Viewer(True, id="5")),
    "zero": ({"id": 0}, Viewer(True, id="0")),
    "a uuid": ({"id": uuid.UUID(int=1)}, Viewer(True, id="00000000-0000-0000-0000-000000000001")),
    "a decimal": ({"id": Decimal(7)}, Viewer(True, id="7")),
    "no flag but True counts": ({"id": 5, "is_staff": "true", "is_superuser": 1}, Viewer(True, id="5")),
    "a word that denies": ({"id": 5, "is_staff": "false"}, Viewer(True, id="5")),
    "an instance": (InClass(), Viewer(True, id="5")),
}


@pytest.mark.parametrize("user", USERS)
def test_a_user(user: str) -> None:
    assert viewer_of(USERS[user][0]) == USERS[user][1]


STRANGERS: dict[str, Any] = {
    **ODD_USERS,
    "a method that answers False": Said(authenticated=False),
    "a method that answers 1": Said(authenticated=1),
    "nobody has decided": Undecided(),
    "a user without length": Empty(),
    "a class": InClass,
    "an id of float": {"id": 1.5},
    "an id of bool": {"id": True},
    "an id of bytes": {"id": b"5"},
    "an id of list": {"id": [5]},
    "an id of tuple": SimpleNamespace(pk=(1, 2)),
    "an id without a text": {"id": Textless()},
    "an id that is a method": SimpleNamespace(id=lambda: 5),
    "an unsaved row": SimpleNamespace(is_authenticated=True, pk=None),
    "a mock": mock.Mock(),
    "a mapping of texts": {"id": "5", "is_authenticated": "true"},
}


@pytest.mark.parametrize("stranger", STRANGERS)
def test_nobody(stranger: str) -> None:
    assert viewer_of(STRANGERS[stranger]) == ANONYMOUS
    with pytest.raises(ValueError, match="authenticated user"):
        create_mwt(STRANGERS[stranger], SECRET)


def test_a_coroutine_that_nobody_awaited() -> None:
    waiting = asyncio.sleep(0, {"id": 5})
    try:
        assert viewer_of(waiting) == ANONYMOUS
    finally:
        waiting.close()


_odd = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.binary(max_size=5),
    st.sampled_from(["true", "false", "True", (), (1,), Textless, Textless()]),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text("xyz", max_size=2), st.integers(), max_size=2),
)
_members = st.dictionaries(
    st.sampled_from(["is_authenticated", "is_active", "is_staff", "is_superuser", "pk", "id", "identity", "name"]),
    _odd,
    max_size=6,
)


def _by_methods(members: dict[str, Any]) -> Any:
    """Flags are methods."""
    return SimpleNamespace(
        **{name: (lambda value=value: value) if name.startswith("is_") else value for name, value in members.items()}
    )


_form = st.sampled_from([dict, lambda members: SimpleNamespace(**members), _by_methods])


def _has_usable_id(members: dict[str, Any]) -> bool:
    """The table, once more and in other words."""
    value = next(members[name] for name in ("pk", "id", "identity") if name in members)
    return type(value) is int or (type(value) is str and value != "")


@given(members=_members, form=_form)
def test_nothing_but_the_table_passes(members: dict[str, Any], form: Any) -> None:
    seen = viewer_of(form(members))
    has_id = any(name in members for name in ("pk", "id", "identity"))
    passes = (
        members.get("is_authenticated", has_id) is True
        and members.get("is_active", True) is True
        and (not has_id or _has_usable_id(members))
    )
    assert seen.authenticated is passes
    assert seen.staff is (passes and members.get("is_staff") is True)
    assert seen.superuser is (passes and members.get("is_superuser") is True)
    assert (seen.id is not None) is (passes and has_id)


@given(_odd)
def test_no_plain_value_is_a_user(value: Any) -> None:
    assert viewer_of(value) == ANONYMOUS


def test_what_was_probably_meant_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    viewer._warn.cache_clear()
    with caplog.at_level(logging.WARNING, logger="mizan.auth"):
        for _ in range(3):
            viewer_of("alice")
            viewer_of({"id": 5, "is_staff": "secret-word"})
            viewer_of(None)
            viewer_of(False)
            viewer_of({})
    assert [record.getMessage() for record in caplog.records] == [
        "A user of type str: it has neither is_authenticated nor a pk, id or identity",
        "A user of type dict: is_staff is a str, not True or False, and counts as False",
    ]
