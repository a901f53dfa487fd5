"""What the decorator's keywords say, checked."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, cast

from typing_extensions import TypedDict

from mizan_core.client.cache_policy import CachePolicy, Caching, read_cache
from mizan_core.client.client_function import ClientFunction
from mizan_core.client.context import Context
from mizan_core.names import check_context_name, is_context_name, is_function_name

MAX_REV = 2**53 - 1

Target: TypeAlias = "str | Context | ClientFunction[Any, Any]"
"""What a mutation touches: a context or function by name, a context, or a function."""

Targets: TypeAlias = "Target | Sequence[Target] | None"
"""``affects=`` and ``merge=``."""

Auth: TypeAlias = "Literal[True, 'staff', 'superuser'] | Callable[[Any], bool | Awaitable[bool]] | None"
"""``auth=``: who may call. A callable gets the request."""

_LATER = {"websocket": False, "route": None, "methods": None}
"""Keywords that nothing serves yet, with the values that ask for nothing."""


class Options(TypedDict, total=False):
    """The keywords of ``client``."""

    context: str | Context | None
    affects: Targets
    merge: Targets
    auth: Auth
    private: bool
    rev: int
    auto_scope: bool
    websocket: bool
    route: str | None
    methods: Sequence[str] | None
    cache: bool | int | CachePolicy | None


@dataclass(frozen=True, slots=True)
class Declaration:
    """The checked keywords of one ``@client``."""

    context: str | None
    affects: tuple[Target, ...]
    merge: tuple[Target, ...]
    auth: Auth
    private: bool
    rev: int
    auto_scope: bool
    cache: Caching


def check_keywords(options: Options) -> None:
    """:raises TypeError: for a keyword that ``client`` does not have."""
    unknown = sorted(options.keys() - Options.__annotations__.keys())
    if unknown:
        raise TypeError(f"client() got an unexpected keyword argument {unknown[0]!r}")


def read_declaration(options: Options) -> Declaration:
    """Check what the keywords say.

    :raises TypeError, ValueError: naming the keyword, the value and what would be right.
    """
    _refuse_later(options)
    declaration = Declaration(
        context=_read_context(options.get("context")),
        affects=_read_targets("affects", options.get("affects")),
        merge=_read_targets("merge", options.get("merge")),
        auth=_read_auth(options.get("auth")),
        private=_read_flag("private", options.get("private", False)),
        rev=_read_rev(options.get("rev", 0)),
        auto_scope=_read_flag("auto_scope", options.get("auto_scope", True)),
        cache=read_cache(options.get("cache")),
    )
    for word, targets in (("affects", declaration.affects), ("merge", declaration.merge)):
        if targets and declaration.context is not None:
            raise ValueError(
                f"context={declaration.context!r} together with {word}=: a function either is part of a context "
                f"or changes one; split it in two"
            )
    if declaration.affects or declaration.merge:
        _refuse_caching(declaration)
    return declaration


def _refuse_later(options: Mapping[str, object]) -> None:
    for word, default in _LATER.items():
        value = options.get(word, default)
        if value is not default:
            raise ValueError(f"{word}={value!r} is not served yet: leave it out, clients call every function at call/")


def _refuse_caching(mutation: Declaration) -> None:
    word = "cache" if mutation.cache is not None else "rev" if mutation.rev else None
    if word is not None:
        raise ValueError(f"{word}= on a mutation: only what is read in a context is cached; leave it out")


def _read_context(context: object) -> str | None:
    if context is None or isinstance(context, Context):
        return context.name if context else None
    if not isinstance(context, str):
        raise TypeError(f"context= takes a name or a Context, not {context!r}")
    return check_context_name(context)


def _read_targets(word: str, targets: object) -> tuple[Target, ...]:
    if targets is None:
        return ()
    items = targets if isinstance(targets, (list, tuple)) else (targets,)
    return tuple(_read_target(word, target) for target in items)


def _read_target(word: str, target: object) -> Target:
    if isinstance(target, (Context, ClientFunction)):
        return target
    if isinstance(target, str):
        if is_context_name(target) or is_function_name(target):
            return target
        raise ValueError(f"{word}={target!r} names neither a context nor a function")
    if callable(target):
        name = getattr(target, "__qualname__", repr(target))
        raise TypeError(f"{word}= names {name}, which is not a server function; decorate it with @client first")
    raise TypeError(f"{word}= takes a name, a Context, a @client function, or a list or tuple of these, not {target!r}")


def _read_auth(auth: object) -> Auth:
    if auth is None or auth is True or auth in ("staff", "superuser"):
        return cast(Auth, auth)
    if auth is False:
        raise ValueError("auth=False says nothing; leave it out when everybody may call")
    if not callable(auth):
        raise ValueError(f"auth={auth!r} is unknown; True, 'staff', 'superuser' or a callable(request) -> bool")
    if not _takes_request(auth):
        raise TypeError("auth= takes a callable with one parameter, the request")
    return auth


def _takes_request(check: Callable[..., Any]) -> bool:
    try:
        signature = inspect.signature(check)
    except ValueError:  # A built-in that does not tell its signature.
        return True
    try:
        signature.bind(None)
    except TypeError:
        return False
    return True


def _read_flag(word: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"{word}= takes True or False, not {value!r}")
    return value


def _read_rev(rev: object) -> int:
    if isinstance(rev, bool) or not isinstance(rev, int):
        raise TypeError(f"rev= takes an integer, not {rev!r}")
    if not 0 <= rev <= MAX_REV:
        raise ValueError(f"rev={rev} is out of range; 0 to {MAX_REV}")
    return rev
