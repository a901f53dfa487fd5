"""Which benchmark files there are, in the order in which they are run and reported."""

from __future__ import annotations

import ast
import re
from pathlib import Path

_HERE = Path(__file__).parent
_ORDER = (
    "cache_key",
    "floors",
    "create_mwt",
    "decode_mwt",
    "mutation_answer",
    "interface_export",
    "fastapi_mutation",
    "django_mutation",
    "context_hit",
    "public_requests",
    "purge",
    "loopback",
    "registered_functions",
    "start_up",
    "memory",
    "threads",
    "live",
    "typed_clients",
    "random_schedules",
)
"""A file that is not named here comes last."""


def _find() -> tuple[str, ...]:
    found = [path.stem for path in _HERE.glob("*.py") if re.search(r"^QUESTIONS\b", path.read_text(), re.MULTILINE)]
    return tuple(sorted(found, key=lambda name: (_ORDER.index(name) if name in _ORDER else len(_ORDER), name)))


FILES = _find()


def description(file: str) -> tuple[str, str]:
    """What a file says of itself: its subject in one line, and how it is measured."""
    docstring = ast.get_docstring(ast.parse((_HERE / f"{file}.py").read_text())) or ""
    subject, _, text = docstring.partition("\n")
    return subject.rstrip("."), text.strip()
