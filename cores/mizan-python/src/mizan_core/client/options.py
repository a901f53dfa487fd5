"""The options of ``@client``: what its keywords are, what each may say, and what they say together.

An option stands here alone: in ``Options`` with what it means and the types that it takes, in ``Declaration`` with the
type that is left when it has been checked, its default and the function that checks it.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal, TypeAlias, cast

from typing_extensions import TypedDict

from mizan_core.client.cache_policy import CachePolicy, CacheRule, read_cache
from mizan_core.client.context import Context
from mizan_core.client.error_case import ErrorCase, read_errors
from mizan_core.client.merge import Merge, MergeTargets, read_merges
from mizan_core.client.routes import read_methods, read_route
from mizan_core.client.targets import Target, Targets, read_targets
from mizan_core.names import check_context_name

MAX_REV = 2**53 - 1

Auth: TypeAlias = "Literal[True, 'staff', 'superuser'] | Callable[[Any], bool | Awaitable[bool]] | None"
"""``auth=``: who may call. A callable gets the request."""


class Options(TypedDict, total=False):
    """The keywords of ``client``. Each may be left out."""

    context: str | Context | None
    """The context that the function is part of; ``"global"`` is the singleton."""
    affects: Targets
    """What a mutation makes stale: contexts or functions, by name or as objects; one, or a list or tuple."""
    merge: MergeTargets
    """The contexts whose slot of the result's type takes the result as it is (protocol.md section 7); ``Merge`` says
    how it becomes an item of a slot that is a list of them."""
    auth: Auth
    """Who may call: True (whoever is authenticated), ``"staff"``, ``"superuser"``, or a callable that gets the request
    and answers True or False, possibly async."""
    errors: Sequence[type[ErrorCase]] | None
    """The errors that clients are told of, with their data, wherever below the function they are raised. Any other
    ``ErrorCase`` is answered as ``INTERNAL_ERROR``, and logged."""
    returns: Any
    """What clients get, where the function's annotation says something else to type checkers:
    ``returns=list[OrderOut]`` of a function that returns a ``QuerySet[Order]``."""
    private: bool
    """Never callable by a client."""
    rev: int
    """Revision, 0 to 2**53 - 1: another one makes what is cached under an earlier one unreachable."""
    auto_scope: bool
    """Whether invalidation is narrowed to the parameters that the function shares with the context. Default: True."""
    websocket: bool
    """Whether generated clients call it over the socket where one is open. Any function can be called over it, unless
    ``MIZAN_LIVE`` says ``"functions": "websocket"``: then those alone that say this."""
    http: bool
    """False, beside ``websocket=True``: it is called over the socket alone. Default: True."""
    route: str | None
    """A URL of the function's own, ``"/orders/<int:id>/"``, where ``mizan.view_urls`` or ``mizan_fastapi.views`` is
    included. Converters are int, uuid, slug, str and path; ``<id>`` has that of the parameter's annotation."""
    methods: Sequence[str] | None
    """The methods that *route* answers. Default: POST for a mutation, GET for any other function."""
    resets: bool
    """Whether whoever has called is somebody else afterwards: a login, a logout. Clients then forget all that they keep
    (the entry ``"*"``)."""
    idempotent: bool
    """Whether a second call of a mutation with the same arguments changes nothing more: a client may then send it again
    when an answer was lost."""
    cache: bool | int | CachePolicy | None
    """Seconds that a context function's result may be cached, False for never, or a ``CachePolicy``."""


def read_options(options: Options) -> Declaration:
    """Check what the keywords say, each by itself and then together.

    :raises TypeError, ValueError: naming the keyword, the value and what would be right.
    """
    given: Mapping[str, object] = options
    declaration = Declaration(
        **{
            option.name: option.metadata["read"](option.name, given[option.name])
            for option in fields(Declaration)
            if option.name in given
        }
    )
    for word, targets in (("affects", declaration.affects), ("merge", declaration.merge)):
        if targets and declaration.context is not None:
            raise ValueError(
                f"context={declaration.context!r} together with {word}=: a function either is part of a context "
                f"or changes one; split it in two"
            )
    if declaration.affects or declaration.merge:
        _refuse_caching(declaration)
    if not declaration.http and (declaration.context is not None or not declaration.websocket):
        raise ValueError(
            "http=False leaves a function to the socket: it stands beside websocket=True, and not in a context, "
            "which is fetched over HTTP too"
        )
    if declaration.resets and (declaration.context is not None or declaration.merge):
        word = "context" if declaration.context is not None else "merge"
        raise ValueError(f"resets=True together with {word}=: clients forget all that they keep; leave out one of them")
    if declaration.idempotent and declaration.context is not None:
        raise ValueError("idempotent=True in a context: reading changes nothing anyway; leave it out")
    if declaration.methods and declaration.route is None:
        raise ValueError("methods= without route=: only a URL of the function's own has methods; leave it out")
    if declaration.route is None or declaration.methods:
        return declaration
    return replace(declaration, methods=("POST",) if declaration.affects or declaration.merge else ("GET",))


def check_keywords(options: Options) -> None:
    """:raises TypeError: for a keyword that ``client`` does not have."""
    unknown = sorted(options.keys() - Options.__annotations__.keys())
    if unknown:
        raise TypeError(f"client() got an unexpected keyword argument {unknown[0]!r}")


def _refuse_caching(mutation: Declaration) -> None:
    word = "cache" if mutation.cache is not None else "rev" if mutation.rev else None
    if word is not None:
        raise ValueError(f"{word}= on a mutation: only what is read in a context is cached; leave it out")


def _read_context(_: str, context: object) -> str | None:
    if context is None or isinstance(context, Context):
        return context.name if context else None
    if not isinstance(context, str):
        raise TypeError(f"context= takes a name or a Context, not {context!r}")
    return check_context_name(context)


def _read_auth(_: str, auth: object) -> Auth:
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


def _read_rev(_: str, rev: object) -> int:
    if isinstance(rev, bool) or not isinstance(rev, int):
        raise TypeError(f"rev= takes an integer, not {rev!r}")
    if not 0 <= rev <= MAX_REV:
        raise ValueError(f"rev={rev} is out of range; 0 to {MAX_REV}")
    return rev


def _read_as_it_is(_: str, value: object) -> object:
    """The signature reads it, with the annotations."""
    return value


@dataclass(frozen=True, slots=True)
class Declaration:
    """What one ``@client`` says, checked by the function under ``read``. ``Options`` tells what the fields mean."""

    context: str | None = field(default=None, metadata={"read": _read_context})
    affects: tuple[Target, ...] = field(default=(), metadata={"read": read_targets})
    merge: tuple[Target | Merge, ...] = field(default=(), metadata={"read": read_merges})
    auth: Auth = field(default=None, metadata={"read": _read_auth})
    errors: tuple[type[ErrorCase], ...] = field(default=(), metadata={"read": read_errors})
    returns: Any = field(default=None, metadata={"read": _read_as_it_is})
    private: bool = field(default=False, metadata={"read": _read_flag})
    route: str | None = field(default=None, metadata={"read": read_route})
    methods: tuple[str, ...] = field(default=(), metadata={"read": read_methods})
    rev: int = field(default=0, metadata={"read": _read_rev})
    auto_scope: bool = field(default=True, metadata={"read": _read_flag})
    websocket: bool = field(default=False, metadata={"read": _read_flag})
    http: bool = field(default=True, metadata={"read": _read_flag})
    resets: bool = field(default=False, metadata={"read": _read_flag})
    idempotent: bool = field(default=False, metadata={"read": _read_flag})
    cache: CacheRule = field(default=None, metadata={"read": read_cache})
