"""What the adapters' commands that call one function have in common: their arguments, and what they print."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from typing import Any

from mizan_core.commands import CommandRefused, Write
from mizan_core.testing.client import Client, Refused


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Give *parser* the function and its arguments."""
    parser.add_argument("function", help="name of the function, for example rename")
    parser.add_argument(
        "arguments", nargs="?", default="{}", metavar="JSON", help="its arguments, for example '{\"user_id\": 5}'"
    )


def run(client: Client, options: Mapping[str, Any], write: Write) -> None:
    """Call the function that the command line names, and print its answer as indented JSON.

    :raises CommandRefused: for arguments that are no JSON object, and for an answer that is an error.
    """
    try:
        arguments = json.loads(options["arguments"])
    except ValueError as error:
        raise CommandRefused(f"the arguments are no JSON: {error}") from None
    if not isinstance(arguments, dict):
        raise CommandRefused(f'the arguments are a JSON object, {{"name": value}}, not {options["arguments"]}')
    try:
        answer = client.answer(options["function"], arguments)
    except Refused as refused:
        details = "" if refused.details is None else f"\n{_text(refused.details)}"
        data = "" if refused.data is None else f"\n{_text(refused.data)}"
        raise CommandRefused(f"{refused}{details}{data}") from None
    said = {"result": answer.result, "invalidate": answer.invalidate, "merge": answer.merge}
    write(_text({name: value for name, value in said.items() if name == "result" or value}) + "\n")


def _text(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
