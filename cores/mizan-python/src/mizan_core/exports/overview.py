"""What the adapters' commands that show what is registered have in common."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Any

from mizan_core.exports.diagram import diagram
from mizan_core.exports.listing import listing

_FORMS = {"table": listing, "mermaid": diagram}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Give *parser* ``--format``."""
    parser.add_argument(
        "--format",
        choices=sorted(_FORMS),
        default="table",
        help="a table (default), or a flowchart of what makes what stale in Mermaid's language",
    )


def overview(options: Mapping[str, Any]) -> str:
    """What the command line asks for, of the default registry.

    :raises GraphError: with everything that contradicts itself.
    """
    return _FORMS[options["format"]]()
