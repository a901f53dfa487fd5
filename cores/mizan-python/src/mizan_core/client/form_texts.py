"""A parameter that takes all that a page's form says, whatever its fields are called."""

from __future__ import annotations

from typing import Annotated, Any, get_args, get_origin


class _Whole:
    """Marks it."""


FormTexts = Annotated[dict[str, list[str]], _Whole()]
"""The texts of each field. Only functions with a URL of their own have such a parameter."""


def takes_whole_form(annotation: Any) -> bool:
    """Whether a parameter is such a one."""
    return get_origin(annotation) is Annotated and any(isinstance(mark, _Whole) for mark in get_args(annotation))
