"""Which functions there are, by name."""

from __future__ import annotations

import inspect
from importlib import import_module
from threading import Lock
from typing import Any, TypeAlias, TypeVar

from mizan_core.client import ClientFunction
from mizan_core.client.around import Around, Hook, read_hook
from mizan_core.introspection.parts import Describe
from mizan_core.names import BUILT_IN, check_function_name

AnyFunction: TypeAlias = "ClientFunction[Any, Any]"
F = TypeVar("F", bound="ClientFunction[..., Any] | type[Any]")
H = TypeVar("H", bound=Hook)
_REGISTER = "__mizan_register__"
"""The method of a class that is neither a function nor known here, but registers itself where it is found."""


class Registry:
    """Server functions by name; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._functions: dict[str, AnyFunction] = {}
        self._names: dict[AnyFunction, str] = {}
        self._hooks: list[Around] = []
        self._channels: dict[str, type] = {}
        self._parts: dict[Describe, None] = {}
        self.version = 0
        """Grows with every change, so that what was made from the registry knows when it is outdated."""

    def register(self, function: F, name: str | None = None) -> F:
        """Add *function* under *name*, by default its own, and return it. Adding it once more changes nothing.

        :param function: a ``@client`` function, or the class of a channel or of a composition, which has its own name.
        :raises TypeError: when it is neither, or an annotation of it does not resolve.
        :raises ValueError: when the name breaks the rule (protocol.md section 1) or belongs to another function, or the
            function has another name already.
        """
        _refuse_wrapped(function)
        if isinstance(function, type) and hasattr(function, _REGISTER) and name is None:
            getattr(function, _REGISTER)(self)
            return function
        if not isinstance(function, ClientFunction):
            raise TypeError(f"register(...) takes a @client function, not {function!r}; decorate it with @client first")
        chosen = check_function_name(_text(function.name if name is None else name))
        if chosen in BUILT_IN:
            raise ValueError(f"{function.where}: {chosen!r} is built in; register(function, 'another_name')")
        function.signature  # noqa: B018 - resolves what had to wait at decoration, or says what is missing
        with self._lock:
            if self._functions.get(chosen) is not function:
                self._check_free(function, chosen)
                self._functions[chosen] = function
                self._names[function] = chosen
                self.version += 1
        return function

    def add_channel(self, name: str, channel: type) -> None:
        """Add *channel* under *name*. Adding it once more changes nothing.

        :raises ValueError: when the name belongs to another.
        """
        with self._lock:
            holder = self._channels.setdefault(name, channel)
            if holder is not channel:
                raise ValueError(
                    f"the channel name {name!r} is taken by {_where(holder)}; {_where(channel)} needs another: name = "
                    f'"…" in its class'
                )
            self.version += 1

    def channels(self) -> dict[str, type]:
        """Every channel, sorted by name."""
        with self._lock:
            return dict(sorted(self._channels.items()))

    def around(self, hook: H) -> H:
        """Put *hook* around every function, and return it; the first hook is the outermost.

        It gets the ``Running`` and gives a context manager, or yields once: the function runs, and its result is
        serialised, where it yields. It may refuse by raising one of the protocol's errors, and sees what the function
        raises. It does not stand around what a cache answers, nor around calls that server code makes itself.

        :raises TypeError: when it is no such function.
        """
        read = read_hook(hook)
        with self._lock:
            self._hooks.append(read)
            self.version += 1
        return hook

    @property
    def hooks(self) -> tuple[Around, ...]:
        """What stands around every function, the outermost first."""
        with self._lock:
            return tuple(self._hooks)

    def declare(self, describe: Describe) -> None:
        """Have clients know the channel or form that *describe* gives. It is asked whenever the interface is described,
        never for a request. Declaring it once more changes nothing.
        """
        with self._lock:
            if describe not in self._parts:
                self._parts[describe] = None
                self.version += 1

    @property
    def parts(self) -> tuple[Describe, ...]:
        """What gives the channels and forms that clients know."""
        with self._lock:
            return tuple(self._parts)

    def get_function(self, name: str) -> AnyFunction | None:
        """The function of that name, or None."""
        return self._functions.get(name)

    def get_all_functions(self) -> dict[str, AnyFunction]:
        """Every function, sorted by name."""
        with self._lock:
            return dict(sorted(self._functions.items()))

    def get_context_groups(self) -> dict[str, list[str]]:
        """The names of each context's functions; contexts and names sorted."""
        groups: dict[str, list[str]] = {}
        for name, function in self.get_all_functions().items():
            context = function.declaration.context
            if context is not None:
                groups.setdefault(context, []).append(name)
        return dict(sorted(groups.items()))

    def clear(self) -> None:
        """Forget every function, what stands around them, and every channel and form."""
        with self._lock:
            self._functions.clear()
            self._names.clear()
            self._channels.clear()
            self._hooks.clear()
            self._parts.clear()
            self.version += 1

    def _check_free(self, function: AnyFunction, name: str) -> None:
        holder = self._functions.get(name)
        if holder is not None:
            raise ValueError(
                f"the function name {name!r} is taken by {holder.where}; {function.where} needs another: "
                f"register(function, 'name')"
            )
        other = self._names.get(function)
        if other is not None:
            raise ValueError(f"{function.where} is registered as {other!r} already; it cannot be {name!r} too")


def _refuse_wrapped(value: object) -> None:
    """:raises TypeError: for a decorator's function around a ``@client`` function, such as ``transaction.atomic``'s.

    It would not run for clients; and where it rolls back what the function has written, it does so after the purge.
    """
    if not inspect.isfunction(value):
        return
    inner = inspect.unwrap(value, stop=lambda layer: isinstance(layer, ClientFunction))
    if isinstance(inner, ClientFunction):
        raise TypeError(f"{inner.where}: a decorator stands above @client; put it below, next to the function")


default_registry = Registry()
"""The registry that functions go to when none is named."""


def register(function: F, name: str | None = None, *, registry: Registry | None = None) -> F:
    """``Registry.register`` on *registry*, by default the default one."""
    return _chosen(registry).register(function, name)


def around(hook: H, *, registry: Registry | None = None) -> H:
    """``Registry.around`` on *registry*, by default the default one."""
    return _chosen(registry).around(hook)


def get_function(name: str, *, registry: Registry | None = None) -> AnyFunction | None:
    """``Registry.get_function`` on *registry*, by default the default one."""
    return _chosen(registry).get_function(name)


def get_all_functions(*, registry: Registry | None = None) -> dict[str, AnyFunction]:
    """``Registry.get_all_functions`` on *registry*, by default the default one."""
    return _chosen(registry).get_all_functions()


def get_context_groups(*, registry: Registry | None = None) -> dict[str, list[str]]:
    """``Registry.get_context_groups`` on *registry*, by default the default one."""
    return _chosen(registry).get_context_groups()


def clear_registry(*, registry: Registry | None = None) -> None:
    """``Registry.clear`` on *registry*, by default the default one."""
    _chosen(registry).clear()


def mizan_clients(package: str, registry: Registry | None = None, *, prefix: str = "") -> None:
    """Import ``<package>.clients`` and register the ``@client`` functions and the channels that it declares.

    A function that the module has registered itself, under whatever name, is left as it is.

    :param package: dotted name, for example of a Django app.
    :param prefix: what the functions' names begin with, ``"shop."`` for example.
    :raises ValueError: when a name breaks the rule with it.
    :raises ModuleNotFoundError: when there is no such module.
    """
    registry = _chosen(registry)
    module = import_module(f"{package}.clients")
    registered = set(registry.get_all_functions().values())
    for value in list(vars(module).values()):
        _refuse_wrapped(value)
        if isinstance(value, ClientFunction) and value.__module__ == module.__name__ and value not in registered:
            registry.register(value, f"{prefix}{value.name}")
        elif isinstance(value, type) and value.__module__ == module.__name__ and hasattr(value, _REGISTER):
            getattr(value, _REGISTER)(registry)


def _chosen(registry: Registry | None) -> Registry:
    return default_registry if registry is None else registry


def _where(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


def _text(name: object) -> str:
    if not isinstance(name, str):
        raise TypeError(f"a function's name is a str, not {name!r}")
    return name
