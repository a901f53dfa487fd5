"""``@client``: what it takes, what it refuses, what it leaves in the function's place."""

# mypy: disable-error-code="misc"

from __future__ import annotations

import asyncio
import functools
import inspect
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import fields
from typing import Any

import pytest

from mizan_core.client import CachePolicy, ClientFunction, Context, Declaration, Merge, Options, client
from mizan_core.client.function import client as same_client
from tests.core.inspecting import refusal

HERE = "tests.core.test_decorator"


def plain(request: object, user_id: int, name: str = "x") -> str:
    """What it is for."""
    return f"{user_id}{name}"


async def waiting(request: object) -> None: ...


class TestUse:
    def test_bare(self) -> None:
        function = client(plain)
        assert isinstance(function, ClientFunction)
        assert function(None, 5) == "5x"
        assert function.function is plain

    def test_with_keywords(self) -> None:
        @client(context="user", rev=3)
        def user_name(request: object, user_id: int) -> str:
            return str(user_id)

        assert user_name(None, user_id=7) == "7"
        assert (user_name.name, user_name.declaration.context, user_name.declaration.rev) == ("user_name", "user", 3)

    def test_without_keywords(self) -> None:
        assert client()(plain)(None, 1) == "1x"

    def test_looks_like_the_function(self) -> None:
        function = client(plain)
        assert (function.__name__, function.__qualname__, function.__doc__) == ("plain", "plain", "What it is for.")
        assert function.__module__ == plain.__module__
        assert inspect.signature(function) == inspect.signature(plain)
        assert inspect.unwrap(function) is plain

    def test_attributes_of_the_function_are_kept(self) -> None:
        def marked(request: object) -> None: ...

        marked.marker = 1  # type: ignore[attr-defined]
        assert client(marked).marker == 1  # type: ignore[attr-defined]

    def test_defaults(self) -> None:
        function = client(plain)
        assert function.declaration.context is None
        assert function.declaration.affects == ()
        assert function.declaration.merge == ()
        assert function.declaration.auth is None
        assert function.declaration.private is False
        assert function.declaration.rev == 0
        assert function.declaration.auto_scope is True
        assert function.declaration.cache is None

    def test_every_option_is_declared(self) -> None:
        assert {field.name for field in fields(Declaration)} == Options.__annotations__.keys()

    def test_async(self) -> None:
        @client
        async def later(request: object, x: int) -> int:
            return x + 1

        assert later.is_async
        assert asyncio.run(later(None, 1)) == 2
        assert not client(plain).is_async

    def test_both_names_are_one_object(self) -> None:
        assert client is same_client

    def test_functions_are_told_apart_by_identity(self) -> None:
        first, second = client(plain), client(plain)
        assert first != second
        assert len({first, second, first}) == 2

    def test_it_cannot_be_changed(self) -> None:
        function = client(plain)
        for change in (
            lambda: setattr(function, "context", "other"),
            lambda: setattr(function, "new", 1),
            lambda: delattr(function, "context"),
        ):
            assert "cannot be changed" in refusal(change, AttributeError)
        assert function.declaration.context is None

    def test_repr_says_where_it_stands(self) -> None:
        assert repr(client(plain)).startswith(f"<ClientFunction plain ({HERE}:")

    def test_stands_on_other_decorators(self) -> None:
        def twice(function: Callable[..., int]) -> Callable[..., int]:
            @functools.wraps(function)
            def wrapper(*args: Any, **kwargs: Any) -> int:
                return 2 * function(*args, **kwargs)

            return wrapper

        @client
        @twice
        def number(request: object, x: int) -> int:
            return x

        assert number(None, 4) == 8
        assert [parameter.name for parameter in number.parameters] == ["x"]


class TestTargets:
    def test_kinds(self) -> None:
        function = client(plain)
        user = Context("user")

        @client(affects=["user", user, function, "user.name"], merge=(user,))
        def change(request: object) -> None: ...

        assert change.declaration.affects == ("user", user, function, "user.name")
        assert change.declaration.merge == (user,)

    @pytest.mark.parametrize("single", ["user", Context("user"), client(plain)])
    def test_one_alone(self, single: Any) -> None:
        assert client(affects=single, merge=single)(plain).declaration.affects == (single,)

    def test_items_of_a_list(self) -> None:
        merge = Merge("user", place="append", key="sku")
        assert client(merge=merge)(plain).declaration.merge == (merge,)
        assert client(merge=["a", Merge(Context("b"))])(plain).declaration.merge == ("a", Merge(Context("b")))
        assert (Merge("user").key, Merge("user").place) == (None, None)

    @pytest.mark.parametrize(
        ("options", "kind", "words"),
        [
            ({"target": "a b"}, ValueError, "Merge='a b' names neither a context nor a function"),
            ({"target": 5}, TypeError, "not 5"),
            (
                {"target": "user", "place": "top"},
                ValueError,
                "place='top' is unknown; 'append', 'prepend' or 'refetch'",
            ),
            ({"target": "user", "key": 5}, TypeError, "key= takes the name of a field (str), not 5"),
        ],
    )
    def test_items_refused(self, options: dict[str, Any], kind: type[Exception], words: str) -> None:
        assert words in refusal(lambda: Merge(**options), kind)

    def test_context_object_as_context(self) -> None:
        assert client(context=Context("user"))(plain).declaration.context == "user"

    def test_no_targets_in_a_context_are_no_contradiction(self) -> None:
        assert client(context="user", affects=[], merge=())(plain).declaration.affects == ()


class TestContext:
    def test_is_a_value(self) -> None:
        assert Context("user") == Context("user")
        assert len({Context("user"), Context("user"), Context("other")}) == 2
        with pytest.raises(AttributeError):
            Context("user").name = "other"

    @pytest.mark.parametrize("name", ["", "1a", "a.b", "a b", "é", "-a", "a" * 129, "a\n"])
    def test_refuses_names_that_break_the_rule(self, name: str) -> None:
        message = refusal(lambda: Context(name), ValueError)
        assert repr(name) in message
        assert "is not a context name: letters, digits" in message

    def test_takes_the_longest_name(self) -> None:
        assert Context("a" * 128).name == "a" * 128

    def test_refuses_other_types(self) -> None:
        message = "Context(...) takes a name (str), not int"
        assert refusal(lambda: Context(5), TypeError) == message  # type: ignore[arg-type]


async def allowed(request: object) -> bool:
    return True


class TestAuth:
    @pytest.mark.parametrize("auth", [None, True, "staff", "superuser", allowed, lambda request: False])
    def test_taken(self, auth: Any) -> None:
        assert client(auth=auth)(plain).declaration.auth is auth

    def test_a_callable_object_and_a_builtin(self) -> None:
        for auth in (bool, functools.partial(lambda flag, request: flag, True)):
            assert client(auth=auth)(plain).declaration.auth is auth


class TestCache:
    def test_taken(self) -> None:
        policy = CachePolicy(ttl=5, shared=True, vary=("Accept-Language",))
        assert client(cache=policy)(plain).declaration.cache is policy
        assert policy.vary == ("accept-language",)
        assert client(cache=60)(plain).declaration.cache == CachePolicy(ttl=60)
        assert client(cache=False)(plain).declaration.cache is False

    @pytest.mark.parametrize(
        ("cache", "kind", "words"),
        [
            (True, TypeError, "not True"),
            (0, ValueError, "1 to 2147483647 seconds, not 0"),
            (-1, ValueError, "not -1"),
            (2**31, ValueError, "not 2147483648"),
            (1.5, TypeError, "cache= takes False (never), seconds (int) or a CachePolicy, not 1.5"),
            ("60", TypeError, "not '60'"),
        ],
    )
    def test_refused(self, cache: Any, kind: type[Exception], words: str) -> None:
        message = refusal(lambda: client(cache=cache)(plain), kind)
        assert message.startswith(f"plain ({HERE}:")
        assert words in message

    @pytest.mark.parametrize(
        ("options", "kind", "words"),
        [
            ({"ttl": True}, TypeError, "seconds (int), not True"),
            ({"ttl": "5"}, TypeError, "not '5'"),
            ({"ttl": 0}, ValueError, "not 0"),
            ({"shared": 1}, TypeError, "shared= takes True or False, not 1"),
            ({"vary": "Accept"}, TypeError, "vary= takes a tuple of header names, not 'Accept'"),
            ({"vary": ("Accept Language",)}, ValueError, "not 'Accept Language'"),
            ({"vary": ("",)}, ValueError, "not ''"),
            ({"vary": (5,)}, TypeError, "not 5"),
        ],
    )
    def test_policy_refused(self, options: dict[str, Any], kind: type[Exception], words: str) -> None:
        assert words in refusal(lambda: CachePolicy(**options), kind)


@pytest.mark.parametrize(
    ("options", "kind", "words"),
    [
        ({"context": 5}, TypeError, "context= takes a name or a Context, not 5"),
        ({"context": "a.b"}, ValueError, "'a.b' is not a context name"),
        ({"context": ""}, ValueError, "'' is not a context name"),
        ({"affects": "a b"}, ValueError, "affects='a b' names neither a context nor a function"),
        ({"merge": [""]}, ValueError, "merge='' names neither a context nor a function"),
        (
            {"affects": 5},
            TypeError,
            "affects= takes a name, a Context, a @client function, or a list or tuple of these",
        ),
        ({"affects": {"user"}}, TypeError, "not {'user'}"),
        ({"affects": [["user"]]}, TypeError, "not ['user']"),
        (
            {"affects": plain},
            TypeError,
            "affects= names plain, which is not a server function; decorate it with @client",
        ),
        ({"context": "user", "affects": "other"}, ValueError, "context='user' together with affects="),
        ({"context": "user", "merge": "user"}, ValueError, "context='user' together with merge="),
        ({"affects": Merge("user")}, TypeError, "affects= takes a name, a Context, a @client function"),
        ({"idempotent": 1}, TypeError, "idempotent= takes True or False, not 1"),
        ({"context": "user", "idempotent": True}, ValueError, "reading changes nothing anyway; leave it out"),
        ({"auth": False}, ValueError, "auth=False says nothing; leave it out when everybody may call"),
        ({"auth": "admin"}, ValueError, "auth='admin' is unknown; True, 'staff', 'superuser' or a callable"),
        ({"auth": "required"}, ValueError, "auth='required' is unknown"),
        ({"auth": 1}, ValueError, "auth=1 is unknown"),
        ({"auth": lambda: True}, TypeError, "auth= takes a callable with one parameter, the request"),
        ({"auth": lambda request, other: True}, TypeError, "auth= takes a callable with one parameter"),
        ({"private": 1}, TypeError, "private= takes True or False, not 1"),
        ({"auto_scope": None}, TypeError, "auto_scope= takes True or False, not None"),
        ({"websocket": "yes"}, TypeError, "websocket= takes True or False"),
        ({"http": False}, ValueError, "it stands beside websocket=True"),
        ({"http": False, "websocket": True, "context": "user"}, ValueError, "not in a context"),
        ({"affects": "user", "cache": 60}, ValueError, "cache= on a mutation: only what is read"),
        ({"affects": "user", "cache": False}, ValueError, "cache= on a mutation: only what is read"),
        ({"merge": "user", "rev": 1}, ValueError, "rev= on a mutation: only what is read"),
        ({"context": "global"}, TypeError, "parameter 'user_id': the context 'global' exists once"),
        ({"rev": -1}, ValueError, "rev=-1 is out of range; 0 to 9007199254740991"),
        ({"rev": 2**53}, ValueError, "rev=9007199254740992 is out of range"),
        ({"rev": True}, TypeError, "rev= takes an integer, not True"),
        ({"rev": "2"}, TypeError, "rev= takes an integer, not '2'"),
    ],
)
def test_refused_keywords(options: dict[str, Any], kind: type[Exception], words: str) -> None:
    message = refusal(lambda: client(**options)(plain), kind)
    assert message.startswith(f"plain ({HERE}:")
    assert words in message


def test_unknown_keyword() -> None:
    with pytest.raises(TypeError, match="unexpected keyword argument 'contexts'"):
        client(contexts="user")  # type: ignore[call-overload]


def test_largest_revision() -> None:
    assert client(rev=2**53 - 1)(plain).declaration.rev == 2**53 - 1


class TestRefusedFunctions:
    def test_not_functions(self) -> None:
        for thing in (5, "name", str, print, object(), functools.partial(plain), staticmethod(plain)):
            message = refusal(lambda thing=thing: client(thing), TypeError)
            assert message.startswith("@client decorates a function (def or async def), not ")

    def test_a_decorator_that_hides_a_coroutine_function(self) -> None:
        @functools.wraps(waiting)
        def wrapper(request: object) -> object:
            return waiting(request)

        message = refusal(lambda: client(wrapper), TypeError)
        assert message.startswith(f"waiting ({HERE}:")
        assert "a decorator below @client hides that the function is async" in message

    def test_twice(self) -> None:
        message = refusal(lambda: client(client(plain)), TypeError)
        assert "@client stands here twice" in message

    def test_generators(self) -> None:
        def some(request: object) -> Iterator[int]:
            yield 1

        async def some_later(request: object) -> AsyncIterator[int]:
            yield 1

        for function in (some, some_later):
            assert "it cannot yield; return a list" in refusal(lambda function=function: client(function), TypeError)
