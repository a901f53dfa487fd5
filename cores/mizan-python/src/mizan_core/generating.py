"""The command that generates clients."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from mizan_core.commands import Command, CommandRefused, Write
from mizan_core.engine.generator import report_difference, run_generator
from mizan_core.ir import build_ir

#: The options of ``mizan-generate`` that take a value: name, what stands for the value, help.
_OPTIONS = (
    ("--config", "FILE", "the configuration (default: mizan.toml, if it is there)"),
    ("--output", "FOLDER", "where the clients are written"),
    ("--target", "NAME[,NAME]", "typescript, react, vue, svelte or python (default: react)"),
    ("--base-url", "URL", "where the server answers (default: the runtime's, /api/mizan)"),
    ("--line-width", "COLUMNS", "how long lines may be (default: 80)"),
    ("--schemas", "NAME", "write schemas.ts for a validator: zod or valibot (default: none)"),
    ("--import-extension", "EXT", "what imports between generated modules end with: .js or .ts (default: nothing)"),
)


def generate_command(exporter: Callable[[Mapping[str, Any]], Sequence[str]]) -> Command:
    """The command that generates clients of the default registry.

    :param exporter: the program that prints the interface, for the options of a command line. With ``--watch`` it is
        run for every change: a process that has imported the functions once cannot see new ones.
    """

    def run(options: Mapping[str, Any], _: Write) -> int:
        return _generate(options, exporter(options))

    about = "Generate typed clients of the registered functions, in TypeScript (React, Vue, Svelte) or Python."
    return Command(about, _add_arguments, run)


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    """Give *parser* the options of ``mizan-generate``."""
    for name, metavar, text in _OPTIONS:
        parser.add_argument(name, metavar=metavar, help=text)
    parser.add_argument(
        "--live",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="whether pages have a live connection (default: where channels or functions want one)",
    )
    parser.add_argument(
        "--bigint",
        action="store_true",
        help="keep integers beyond 2^53 exactly, in TypeScript as a bigint (default: they are rounded)",
    )
    parser.add_argument(
        "--testing", action="store_true", help="write testing.ts: a server in memory for tests (default: none)"
    )
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--check", action="store_true", help="write nothing; fail if something would be written")
    group.add_argument(
        "--diff",
        metavar="OLD.kdl",
        help="write nothing; say what is different from an older interface, and fail if clients of it break",
    )
    group.add_argument("--watch", action="store_true", help="generate again when Python files here change")


def _generate(options: Mapping[str, Any], exporter: Sequence[str]) -> int:
    if options["diff"] is not None:
        return _compare(options["diff"])
    arguments = _command_line(options)
    if options["watch"]:
        return run_generator([*arguments, "--watch", "--", *exporter])
    return run_generator(arguments, build_ir())


def _compare(older: str) -> int:
    """Say what is different from the interface in the file *older*."""
    new = build_ir()
    try:
        return report_difference(Path(older).read_text("utf-8"), new)
    except (OSError, ValueError) as error:
        raise CommandRefused(f"{older}: {error}") from None


def _command_line(options: Mapping[str, Any]) -> list[str]:
    given = ((name, options[name.removeprefix("--").replace("-", "_")]) for name, *_ in _OPTIONS)
    arguments = [f"{name}={value}" for name, value in given if value is not None]
    if options["live"] is not None:
        arguments.append("--live" if options["live"] else "--no-live")
    arguments += [f"--{name}" for name in ("bigint", "testing") if options[name]]
    return [*arguments, "--check"] if options["check"] else arguments
