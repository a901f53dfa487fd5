"""The command that shows what is registered."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Any

from mizan_core.commands import Command, Write
from mizan_core.exports.diagram import diagram
from mizan_core.exports.listing import listing

_FORMS = {"table": listing, "mermaid": diagram}


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--format",
        choices=sorted(_FORMS),
        default="table",
        help="a table (default), or a flowchart of what makes what stale in Mermaid's language",
    )


def _run(options: Mapping[str, Any], write: Write) -> None:
    write(_FORMS[options["format"]]())


OVERVIEW = Command(
    "List the registered functions with their contexts, who may call them and what they make stale.",
    _add_arguments,
    _run,
)
