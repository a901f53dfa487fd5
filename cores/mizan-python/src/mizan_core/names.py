"""The rules for names (protocol.md section 1)."""

from __future__ import annotations

import keyword
import re

MAX_NAME_LENGTH = 128
BUILT_IN = frozenset({"mwt_obtain"})
"""The functions that every application has."""

_FUNCTION = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_CONTEXT = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


def is_function_name(name: str) -> bool:
    """Whether *name* may name a function: ``[A-Za-z_][A-Za-z0-9_.-]*``, at most 128 characters."""
    return len(name) <= MAX_NAME_LENGTH and _FUNCTION.fullmatch(name) is not None


def is_context_name(name: str) -> bool:
    """Whether *name* may name a context: ``[A-Za-z_][A-Za-z0-9_-]*``, at most 128 characters."""
    return len(name) <= MAX_NAME_LENGTH and _CONTEXT.fullmatch(name) is not None


def check_function_name(name: str) -> str:
    """Return *name*, or raise ``ValueError`` that names the offender and the rule."""
    if not is_function_name(name):
        raise ValueError(
            f"{name!r} is not a function name: letters, digits, '_', '.' and '-', "
            f"not starting with a digit, '.' or '-', at most {MAX_NAME_LENGTH} characters"
        )
    return name


def check_context_name(name: str, what: str = "context") -> str:
    """Return *name*, or raise ``ValueError`` that names the offender and the rule.

    :param what: whose name it is: others follow the rule of contexts.
    """
    if not is_context_name(name):
        raise ValueError(
            f"{name!r} is not a {what} name: letters, digits, '_' and '-', "
            f"not starting with a digit or '-', at most {MAX_NAME_LENGTH} characters"
        )
    return name


def check_parameter_name(name: str) -> str:
    """Return *name*, or raise ``ValueError`` when it is not a Python identifier."""
    if not name.isidentifier() or keyword.iskeyword(name):
        raise ValueError(f"{name!r} is not a parameter name: a Python identifier is needed")
    return name
