"""Everything that keeps registered functions from being served or described, all at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mizan_core.client.client_function import ClientFunction
from mizan_core.errors import GraphError
from mizan_core.introspection.description import describe
from mizan_core.introspection.document import client_name_problems, document_of


def find_problems(functions: Mapping[str, ClientFunction[..., Any]]) -> list[str]:
    """The problems as sentences; empty when all is well."""
    problems = list(_unusable_annotations(functions))
    description = describe(functions)
    problems += client_name_problems(description)
    try:
        document_of(description)
    except GraphError as error:
        problems += error.problems
    return list(dict.fromkeys(problems))


def _unusable_annotations(functions: Mapping[str, ClientFunction[..., Any]]) -> Iterator[str]:
    for function in functions.values():
        try:
            function.prepare()
        except (TypeError, ValueError) as error:
            yield str(error)
