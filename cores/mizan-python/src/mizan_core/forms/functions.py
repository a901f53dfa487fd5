"""The three functions of a form, registered like any others."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from mizan_core.client import CachePolicy, Options, client
from mizan_core.forms.meta import FormMeta
from mizan_core.forms.schema import FormErrors, FormSchema
from mizan_core.introspection.parts import FormPart
from mizan_core.registry import Registry

_KIND = inspect.Parameter.POSITIONAL_OR_KEYWORD
_REQUEST = inspect.Parameter("request", _KIND)


class PageFunction(NamedTuple):
    """What answers at the route of a form; *parameters* stand behind the request."""

    function: Callable[..., Any]
    parameters: Sequence[inspect.Parameter]


@dataclass(frozen=True, slots=True)
class FormFunctions:
    """What a framework's form does. Each is a new function, sync or async, which gets the request first.

    :param schema: ``(request, **parameters) -> FormSchema``.
    :param validate: ``(request, data, fields, seq, **parameters) -> FormErrors``.
    :param submit: ``(request, data, **parameters)``; raises ``Invalid`` before it has written anything.
    :param data: what the latter two are sent.
    :param returns: the annotation of what a submission answers.
    :param pages: what shows the form at its route, and what takes it there; both answer *page_returns*.
    :param parameters: what all three are passed beside that, and *submit_parameters* the last of them alone.
    :param author: the author's own function: its module is where annotations mean something, and messages name it.
    :param describe: gives what clients know of it before they ask; asked when the interface is described.
    :param cache: how the schema may be cached; False for never.
    :param rev: the revision of the schema.
    """

    schema: Callable[..., Any]
    validate: Callable[..., Any]
    submit: Callable[..., Any]
    data: Any
    returns: Any
    author: Callable[..., Any]
    describe: Callable[[], FormPart]
    pages: tuple[PageFunction, PageFunction] | None = None
    page_returns: Any = None
    parameters: Sequence[inspect.Parameter] = ()
    submit_parameters: Sequence[inspect.Parameter] = ()
    cache: CachePolicy | bool | None = False
    rev: int = 0


def register_form(meta: FormMeta, functions: FormFunctions, registry: Registry) -> None:
    """Register ``NAME.schema``, ``NAME.validate`` and ``NAME.submit``.

    :raises TypeError, ValueError: as ``client`` and ``Registry.register``.
    """
    data = inspect.Parameter("data", _KIND, annotation=functions.data)
    fields = inspect.Parameter("fields", _KIND, annotation=list[str] | None, default=None)
    seq = inspect.Parameter("seq", _KIND, annotation=int, default=0)

    def add(part: str, leading: Sequence[inspect.Parameter], answer: Any, options: Options) -> None:
        function = getattr(functions, part)
        name = f"{meta.name}.{part}"
        _dress(function, name, functions.author, _signature(leading, functions.parameters, answer))
        registry.register(client(**options)(function), name)

    read: Options = {"context": meta.context, "auth": meta.auth, "cache": functions.cache, "rev": functions.rev}
    add("schema", (), FormSchema, read)
    add("validate", (data, fields, seq), FormErrors, {"auth": meta.auth, "private": not meta.live_validation})
    add(
        "submit",
        (data, *functions.submit_parameters),
        functions.returns,
        {"auth": meta.auth, "affects": meta.affects, "merge": meta.merge},
    )
    registry.declare(functions.describe)
    if functions.pages is not None:
        _register_pages(meta, functions, functions.pages, registry)


def _register_pages(
    meta: FormMeta, functions: FormFunctions, pages: Sequence[PageFunction], registry: Registry
) -> None:
    """``NAME.page`` and ``NAME.post``: nobody calls them but at their URL."""
    shown: Options = {"methods": ["GET"]}
    taken: Options = {"methods": ["POST"], "affects": meta.affects}
    for part, (page, parameters), own in zip(("page", "post"), pages, (shown, taken), strict=True):
        name = f"{meta.name}.{part}"
        _dress(page, name, functions.author, _signature((), parameters, functions.page_returns))
        options: Options = {"route": meta.route, "auth": meta.auth, "private": True, **own}
        registry.register(client(**options)(page), name)


def _signature(
    leading: Sequence[inspect.Parameter], parameters: Sequence[inspect.Parameter], returns: Any
) -> inspect.Signature:
    """What must be given comes first: data, the form's own parameters, then what has a default."""
    own = sorted([*leading, *parameters], key=lambda parameter: parameter.default is not parameter.empty)
    return inspect.Signature([_REQUEST, *own], return_annotation=returns)


def _dress(function: Any, name: str, author: Callable[..., Any], signature: inspect.Signature) -> None:
    function.__name__ = name
    function.__qualname__ = author.__qualname__
    function.__module__ = author.__module__
    function.__doc__ = None
    function.__signature__ = signature
    function.__wrapped__ = author  # whose annotations these are, and which messages name
