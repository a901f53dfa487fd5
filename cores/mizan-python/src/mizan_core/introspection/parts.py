"""What clients know beside functions: forms, channels and compositions, as those who serve them describe them.

Each is handed to ``Registry.declare`` as a callable that gives it; documents of the interface are written from them
(protocol.md section 11).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from mizan_core.introspection.shapes import Shape


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
class FormField:
    """A field of a form.

    :param required: whether null, what is missing, an empty text or list are refused; of a boolean, false.
    :param shape: of the value that is sent, without references; or:
    :param annotation: which the shape is read from.
    :param details: what else the interface document says of it (docs/engine-data.md): checks that a client may make,
        nothing that the server would take, and how it is shown.
    """

    name: str
    required: bool
    shape: Shape | None = None
    annotation: Any = None
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FormPart:
    """A form, whose functions are registered as ``NAME.schema``, ``NAME.validate`` and ``NAME.submit``.

    :param live_validation: whether clients may have fields checked while they are filled in.
    :param many: where it is a list of forms: ``min_forms`` and ``max_forms``, None without a limit.
    :param names: the types around it, for annotations made in the same scope.
    """

    name: str
    fields: tuple[FormField, ...]
    title: str | None = None
    submit_label: str | None = None
    live_validation: bool = False
    many: Mapping[str, int | None] | None = None
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
