"""What clients know beside functions: forms, channels and compositions, as those who serve them describe them.

Each is handed to ``Registry.declare`` as a callable that gives it; documents of the interface are written from them
(protocol.md section 11).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from mizan_core.introspection.shapes import Shape

_NOTHING: Any = object()


@dataclass(frozen=True, slots=True)
class ChannelPart:
    """A channel.

    :param name: on the wire.
    :param params: annotation of its parameters; None without any. The same holds for the messages.
    :param react_message: annotation of what clients send.
    :param server_message: annotation of what the server sends.
    :param auth: as ``@client(auth=)`` takes it; a callable where a check of its own decides.
    :param presence: whether it tells who is there.
    :param description: its author's words.
    :param names: the types around it, for annotations made in the same scope.
    """

    name: str
    params: Any = None
    react_message: Any = None
    server_message: Any = None
    auth: object = None
    presence: bool = False
    description: str | None = None
    names: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FormSet:
    """How many forms a list of them has; None without a limit."""

    min_forms: int | None = None
    max_forms: int | None = None


@dataclass(frozen=True, slots=True)
class FormField:
    """A field of a form, and what a client may check: nothing that the server would take. Checks are about the value
    as it is after ``strip``; lengths are code points.

    :param required: whether null, what is missing, an empty text or list are refused; of a boolean, false.
    :param shape: of the value that is sent, without references; or:
    :param annotation: which the shape is read from.
    :param strip: whether Python's white space around a text is taken away first.
    :param min: the least number, or the text of a decimal.
    :param step: between numbers, counted from ``min``, else from 0.
    :param max_digits: of a decimal, as are ``decimal_places``.
    :param patterns: regular expressions of ECMAScript with the flags ``s`` and ``u``, each matching somewhere.
    :param extensions: what names of files end with, without the dot.
    :param choices: value, label, and what it stands under or None.
    :param disabled: whether it is shown only, and not sent.
    :param widget: the type of an HTML input, or ``textarea`` or ``select``.
    :param initial: a scalar that it holds at first, the same for everybody.
    """

    name: str
    required: bool
    shape: Shape | None = None
    annotation: Any = _NOTHING
    strip: bool = False
    min: float | str | None = None
    max: float | str | None = None
    step: float | str | None = None
    min_length: int | None = None
    max_length: int | None = None
    max_digits: int | None = None
    decimal_places: int | None = None
    patterns: tuple[str, ...] = ()
    extensions: tuple[str, ...] = ()
    choices: tuple[tuple[str | int, str, str | None], ...] = ()
    disabled: bool = False
    widget: str | None = None
    label: str | None = None
    help: str | None = None
    initial: Any = _NOTHING

    @property
    def has_initial(self) -> bool:
        """Whether it holds something at first."""
        return self.initial is not _NOTHING


@dataclass(frozen=True, slots=True)
class FormPart:
    """A form, whose functions are registered as ``NAME.schema``, ``NAME.validate`` and ``NAME.submit``.

    :param live_validation: whether clients may have fields checked while they are filled in.
    :param many: where it is a list of forms: how many.
    :param names: the types around it, for annotations made in the same scope.
    """

    name: str
    fields: tuple[FormField, ...]
    title: str | None = None
    submit_label: str | None = None
    live_validation: bool = False
    many: FormSet | None = None
    description: str | None = None
    names: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CompositionPart:
    """A combination of contexts.

    :param name: of its class.
    :param contexts: their names, each once.
    :param description: its author's words.
    """

    name: str
    contexts: tuple[str, ...]
    description: str | None = None


Part: TypeAlias = "ChannelPart | FormPart | CompositionPart"
Describe: TypeAlias = Callable[[], Part]
