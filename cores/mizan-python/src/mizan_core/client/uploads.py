"""Files that clients send: parameters that take them, and their limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from operator import getitem
from types import UnionType
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin

from pydantic import InstanceOf

from mizan_core.client.annotations import is_class
from mizan_core.client.frameworks import is_upload_class

DEFAULT_BYTES = 10 * 1_048_576
DEFAULT_FILES = 10
ANY_ITEM = "*"
"""In a path: whichever item of a list."""


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """What a client may send for a parameter: ``Annotated[UploadedFile, UploadLimits(max_bytes=5_000_000)]``.

    :param max_bytes: of one file; 10 MiB when left out.
    :param max_files: of a list; 10 when left out.
    :raises TypeError, ValueError: for what is no positive integer.
    """

    max_bytes: int = DEFAULT_BYTES
    max_files: int = DEFAULT_FILES

    def __post_init__(self) -> None:
        for name in ("max_bytes", "max_files"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int):
                raise TypeError(f"{name}= takes an integer, not {value!r}")
            if value < 1:
                raise ValueError(f"{name}={value} would let nothing through")


class Upload(NamedTuple):
    """What a parameter's annotation says of the files that it takes.

    :param cls: the framework's class of them.
    :param limits: of each; *max_files* is 1 where it is no list.
    """

    cls: type
    limits: UploadLimits
    is_list: bool
    is_optional: bool

    @property
    def annotation(self) -> Any:
        """What pydantic checks that server code passes."""
        one: Any = getitem(InstanceOf, self.cls)
        whole: Any = list[one] if self.is_list else one
        return whole | None if self.is_optional else whole

    @property
    def perhaps(self) -> Any:
        """The annotation of the same where there may be none."""
        one: Any = getitem(Annotated, (list[self.cls] if self.is_list else self.cls, self.limits))  # type: ignore[name-defined]
        return one | None


UploadPaths = Mapping[tuple[str, ...], UploadLimits]
"""Where files stand inside a parameter, by their paths in it."""


def upload_of(annotation: Any) -> Upload | None:
    """What *annotation* says of files; None unless it is ``File`` or ``list[File]``, with or without ``| None``."""
    if is_class(annotation) and not is_upload_class(annotation):
        return None
    limits, bare = _undressed(annotation)
    options = [bare]
    if get_origin(bare) in (Union, UnionType):
        options = [option for option in get_args(bare) if option is not type(None)]
    if len(options) != 1:
        return None
    inner_limits, inner = _undressed(options[0])
    limits = limits or inner_limits
    is_list = get_origin(inner) is list
    if is_list:
        item_limits, inner = _undressed(get_args(inner)[0])
        limits = limits or item_limits
    if not is_upload_class(inner):
        return None
    found = limits or UploadLimits()
    own = found if is_list else UploadLimits(found.max_bytes, 1)
    return Upload(inner, own, is_list, options[0] is not bare)


def _undressed(annotation: Any) -> tuple[UploadLimits | None, Any]:
    """The limits beside an annotation, and what it is without its metadata."""
    if get_origin(annotation) is not Annotated:
        return None, annotation
    bare, *metadata = get_args(annotation)
    return next((each for each in reversed(metadata) if isinstance(each, UploadLimits)), None), bare
