"""The registry: names, order, versions, and what is refused."""

from __future__ import annotations

import functools
import sys
import threading
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from django.db import transaction

import mizan_core.registry as module
from mizan_core.client import Context, client
from mizan_core.ir import validate_registry
from mizan_core.registry import Registry, default_registry, mizan_clients
from tests.core.inspecting import AnyFunction, refusal


@pytest.fixture
def registry() -> Registry:
    return Registry()


def function(name: str = "echo", **options: Any) -> AnyFunction:
    def plain(request: object, text: str) -> str:
        return text

    plain.__name__ = plain.__qualname__ = name
    return client(**options)(plain)


class TestRegister:
    def test_returns_the_function(self, registry: Registry) -> None:
        echo = function()
        assert registry.register(echo) is echo
        assert registry.get_function("echo") is echo

    def test_under_another_name(self, registry: Registry) -> None:
        echo = function()
        registry.register(echo, "contact.submit")
        assert registry.get_function("contact.submit") is echo
        assert registry.get_function("echo") is None
        assert echo.name == "echo"

    def test_unknown_name(self, registry: Registry) -> None:
        assert registry.get_function("echo") is None

    def test_once_more_changes_nothing(self, registry: Registry) -> None:
        echo = registry.register(function())
        version = registry.version
        registry.register(echo)
        registry.register(echo, "echo")
        assert registry.version == version
        assert list(registry.get_all_functions()) == ["echo"]

    def test_the_name_of_a_built_in_function(self, registry: Registry) -> None:
        message = refusal(lambda: registry.register(function("mwt_obtain")), ValueError)
        assert message.startswith("mwt_obtain (tests.core.test_registry:")
        assert "'mwt_obtain' is built in; register(function, 'another_name')" in message
        registry.register(function("mwt_obtain"), "own_token")

    def test_a_decorator_above(self, registry: Registry) -> None:
        atomic: Any = transaction.atomic(function("echo"))
        wrapped: Any
        for wrapped in (atomic, functools.wraps(atomic)(lambda *given: atomic(*given, text=""))):
            message = refusal(functools.partial(registry.register, wrapped), TypeError)
            assert message.startswith("echo (tests.core.test_registry:")
            assert "a decorator stands above @client; put it below" in message

    def test_a_decorator_below(self, registry: Registry) -> None:
        def plain(request: object) -> None: ...

        registry.register(client(transaction.atomic(plain)))

    def test_a_module_with_a_decorator_above(self, registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
        clients = ModuleType("shop.clients")
        clients.echo = transaction.atomic(function("echo"))  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "shop", ModuleType("shop"))
        monkeypatch.setitem(sys.modules, "shop.clients", clients)
        message = refusal(lambda: mizan_clients("shop", registry), TypeError)
        assert "a decorator stands above @client" in message

    def test_a_module_with_a_prefix(self, registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
        clients = ModuleType("shop.clients")
        for name in ("echo", "ping", "own"):
            made = function(name)
            made.__dict__["__module__"] = clients.__name__
            setattr(clients, name, made)
        registry.register(clients.own)
        monkeypatch.setitem(sys.modules, "shop", ModuleType("shop"))
        monkeypatch.setitem(sys.modules, "shop.clients", clients)
        mizan_clients("shop", registry, prefix="shop.")
        assert list(registry.get_all_functions()) == ["own", "shop.echo", "shop.ping"]
        message = refusal(lambda: mizan_clients("shop", Registry(), prefix="my shop."), ValueError)
        assert "'my shop.echo' is not a function name" in message

    def test_a_taken_name(self, registry: Registry) -> None:
        first = registry.register(function("first"), "echo")
        second = function("second")
        message = refusal(lambda: registry.register(second, "echo"), ValueError)
        assert "the function name 'echo' is taken by first (tests.core.test_registry:" in message
        assert "second (tests.core.test_registry:" in message
        assert registry.get_function("echo") is first

    def test_a_second_name(self, registry: Registry) -> None:
        echo = registry.register(function())
        message = refusal(lambda: registry.register(echo, "again"), ValueError)
        assert "is registered as 'echo' already; it cannot be 'again' too" in message

    def test_one_function_in_two_registries(self, registry: Registry) -> None:
        echo = registry.register(function(), "one")
        assert Registry().register(echo, "two") is echo

    @pytest.mark.parametrize("name", ["", "1a", "a b", "a/b", ".a", "-a", "é", "a" * 129, "a\n", "<lambda>"])
    def test_names_that_break_the_rule(self, registry: Registry, name: str) -> None:
        message = refusal(lambda: registry.register(function(), name), ValueError)
        assert message.startswith(f"{name!r} is not a function name: letters, digits")
        assert registry.get_all_functions() == {}

    @pytest.mark.parametrize("name", ["_", "a.b-c_D9", "a" * 128])
    def test_names_within_the_rule(self, registry: Registry, name: str) -> None:
        registry.register(function(), name)
        assert list(registry.get_all_functions()) == [name]

    def test_a_name_of_another_type(self, registry: Registry) -> None:
        message = refusal(lambda: registry.register(function(), 5), TypeError)  # type: ignore[arg-type]
        assert message == "a function's name is a str, not 5"

    def test_a_lambda_needs_a_name(self, registry: Registry) -> None:
        plain: Any = lambda request: None  # noqa: E731
        plain.__annotations__ = {"return": None}
        assert "'<lambda>' is not a function name" in refusal(lambda: registry.register(client(plain)), ValueError)
        registry.register(client(plain), "named")
        assert list(registry.get_all_functions()) == ["named"]

    @pytest.mark.parametrize("thing", [print, lambda request: None, object(), None, "echo"])
    def test_server_functions_alone(self, registry: Registry, thing: Any) -> None:
        message = refusal(lambda: registry.register(thing), TypeError)
        assert message.startswith("register(...) takes a @client function, not ")
        assert message.endswith("decorate it with @client first")


class TestReading:
    def test_sorted_by_name(self, registry: Registry) -> None:
        for name in ("b", "a", "B", "a.x", "a_x"):
            registry.register(function(name))
        assert list(registry.get_all_functions()) == sorted(["b", "a", "B", "a.x", "a_x"])

    def test_a_copy(self, registry: Registry) -> None:
        registry.register(function())
        registry.get_all_functions().clear()
        registry.get_context_groups()["user"] = []
        assert list(registry.get_all_functions()) == ["echo"]
        assert registry.get_context_groups() == {}

    def test_contexts(self, registry: Registry) -> None:
        registry.register(function("b", context="user"))
        registry.register(function("a", context=Context("user")))
        registry.register(function("c", context="shop", private=True))
        registry.register(function("d", affects="user"))
        groups = registry.get_context_groups()
        assert groups == {"shop": ["c"], "user": ["a", "b"]}
        assert list(groups) == ["shop", "user"]


class TestVersion:
    def test_grows_with_every_change(self, registry: Registry) -> None:
        versions = [registry.version]
        for change in (
            lambda: registry.register(function("a")),
            lambda: registry.register(function("b")),
            registry.clear,
        ):
            change()
            versions.append(registry.version)
        assert versions == sorted(set(versions))

    def test_stays_when_refused(self, registry: Registry) -> None:
        registry.register(function())
        version = registry.version
        with pytest.raises(ValueError, match="taken"):
            registry.register(function())
        assert registry.version == version

    def test_cleared(self, registry: Registry) -> None:
        echo = registry.register(function())
        registry.clear()
        assert registry.get_all_functions() == {}
        assert registry.register(echo, "other") is echo


class TestThreads:
    def test_every_registration_counts(self, registry: Registry) -> None:
        functions = [function(f"f{index}", context=f"c{index % 3}") for index in range(400)]
        start = threading.Barrier(8, timeout=60)

        def run(part: int) -> None:
            start.wait()
            for each in functions[part::8]:
                registry.register(each)
                registry.get_context_groups()

        threads = [threading.Thread(target=run, args=(part,)) for part in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        assert registry.version == 400
        assert sum(map(len, registry.get_context_groups().values())) == 400

    def test_one_of_two_gets_the_name(self, registry: Registry) -> None:
        start, outcomes = threading.Barrier(8, timeout=60), list[bool]()

        def run() -> None:
            mine = function()
            start.wait()
            try:
                registry.register(mine)
            except ValueError:
                outcomes.append(False)
            else:
                outcomes.append(True)

        threads = [threading.Thread(target=run) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        assert sorted(outcomes) == [False] * 7 + [True]


class TestDefaultRegistry:
    @pytest.fixture(autouse=True)
    def restored(self) -> Iterator[None]:
        before = default_registry.get_all_functions()
        default_registry.clear()
        yield
        default_registry.clear()
        for name, registered in before.items():
            default_registry.register(registered, name)

    def test_is_what_the_module_s_functions_use(self) -> None:
        echo = module.register(function(context="user"), "named")
        assert module.get_function("named") is echo
        assert module.get_all_functions() == default_registry.get_all_functions() == {"named": echo}
        assert module.get_context_groups() == {"user": ["named"]}
        assert validate_registry() == []
        module.clear_registry()
        assert module.get_all_functions() == {}

    def test_unless_another_is_named(self, registry: Registry) -> None:
        echo = module.register(function(context="user", merge=None), registry=registry)
        assert module.get_function("echo", registry=registry) is echo
        assert module.get_all_functions(registry=registry) == {"echo": echo}
        assert module.get_context_groups(registry=registry) == {"user": ["echo"]}
        assert validate_registry(registry) == []
        assert default_registry.get_all_functions() == {}
        module.clear_registry(registry=registry)
        assert registry.get_all_functions() == {}
