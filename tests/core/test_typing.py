"""What type checkers see: mypy checks this file, and the tests run it.

Every ``type: ignore`` is an error that must be one: mypy reports those that are not needed.
"""

from __future__ import annotations

import asyncio
import importlib

import pytest
from pydantic import ValidationError
from typing_extensions import assert_type

from mizan_core.client import CachePolicy, ClientFunction, Context, client
from mizan_core.registry import Registry
from mizan_core.settings import Settings


def test_the_call_keeps_its_signature() -> None:
    @client
    def echo(request: object, text: str, times: int = 1) -> str:
        return text * times

    assert_type(echo(None, "a", times=2), str)
    assert_type(echo.function(None, "a"), str)
    with pytest.raises(ValidationError):
        echo(None)  # type: ignore[call-arg]
    with pytest.raises(ValidationError):
        echo(None, None)  # type: ignore[arg-type]


def test_with_keywords() -> None:
    @client(context=Context("user"), auth="staff")
    def user_name(request: object, user_id: int) -> str:
        return str(user_id)

    assert_type(user_name(None, user_id=5), str)


def test_async() -> None:
    @client(auth=True)
    async def later(request: object) -> int:
        return 1

    assert_type(asyncio.run(later(None)), int)


def test_calls_have_the_functions_signature() -> None:
    @client
    def echo(request: object, text: str, times: int = 1) -> str:
        return text * times

    @client
    async def later(request: object, number: int) -> int:
        return number

    assert_type(echo.call_sync(None, "a", times=2), str)
    assert_type(asyncio.run(echo.call(None, "a")), str)
    assert_type(later.call_sync(None, 1), int)
    assert_type(asyncio.run(later.call(None, number=1)), int)
    assert_type(asyncio.run(later(None, 1)), int)
    with pytest.raises(ValidationError):
        echo.call_sync(None)  # type: ignore[call-arg]
    with pytest.raises(ValidationError):
        later.call_sync(None, "x")  # type: ignore[call-overload]
    with pytest.raises(TypeError, match=r"echo\(\) takes 3 positional arguments but 4 were given"):
        echo(None, "a", 1, 2)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="multiple values for argument 'text'"):
        echo(None, "a", text="b")  # type: ignore[misc]
    with pytest.raises(TypeError, match="is missing its request"):
        echo(text="a")  # type: ignore[call-arg]


def test_registering_keeps_the_type() -> None:
    @client
    def echo(request: object, text: str) -> str:
        return text

    registered = Registry().register(echo)
    assert_type(registered(None, "a"), str)
    assert isinstance(registered, ClientFunction)


def test_keywords_are_checked() -> None:
    def echo(request: object) -> None: ...

    with pytest.raises(TypeError, match="unexpected keyword argument 'contxt'"):
        client(contxt="user")  # type: ignore[call-overload]
    with pytest.raises(ValueError, match="auth='admin' is unknown"):
        client(auth="admin")(echo)  # type: ignore[call-overload]
    with pytest.raises(TypeError, match="affects="):
        client(affects=5)(echo)  # type: ignore[call-overload]
    with pytest.raises(TypeError, match="rev="):
        client(rev="1")(echo)  # type: ignore[call-overload]


def test_names_stand_where_a_user_looks() -> None:
    import mizan_fastapi

    for name in ("mizan.client", "mizan_fastapi.client", "mizan_fastapi"):
        module = importlib.import_module(name)
        assert (module.client, module.Context, module.CachePolicy) == (client, Context, CachePolicy)
    assert mizan_fastapi.Settings is Settings
