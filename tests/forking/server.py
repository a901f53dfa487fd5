"""Runs Python programs in forks of a process that has loaded modules already: ``server MODULE...``.

For each line of JSON on its standard input (``arguments``, ``folder``, ``variables``, and the paths ``stdout`` and
``stderr``) it prints the exit status. Modules that are not loaded before the fork a program gets as it would get them
from a new interpreter.
"""

from __future__ import annotations

import atexit
import importlib
import json
import os
import runpy
import sys
import traceback
from pathlib import Path
from typing import Any

_MODULE, _CODE = "-m", "-c"


def serve(modules: list[str]) -> None:
    """Until the standard input ends."""
    for module in modules:
        importlib.import_module(module)
    for line in sys.stdin:
        child = os.fork()
        if not child:
            os._exit(_run(json.loads(line)))
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def _run(program: dict[str, Any]) -> int:
    """The exit status of a program, run in this process."""
    _move(program)
    try:
        _execute(program["arguments"])
    except SystemExit as ended:
        status = _status(ended.code)
    except BaseException:  # noqa: BLE001 - as an interpreter does with what nobody catches
        traceback.print_exc()
        status = 1
    else:
        status = 0
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    return status


def _move(program: dict[str, Any]) -> None:
    """To the program's folder, variables and streams."""
    os.chdir(program["folder"])
    os.environ.clear()
    os.environ.update(program["variables"])
    for number, path in ((0, os.devnull), (1, program["stdout"]), (2, program["stderr"])):
        opened = os.open(path, os.O_RDWR)
        os.dup2(opened, number)
        os.close(opened)


def _execute(arguments: list[str]) -> None:
    if arguments[0] == _MODULE:
        sys.path[0] = str(Path.cwd())
        sys.argv = arguments[1:]
        runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
    elif arguments[0] == _CODE:
        sys.path[0] = ""
        sys.argv = arguments[:1]
        exec(arguments[1], {"__name__": "__main__"})  # noqa: S102 - it is a test's own code
    else:
        sys.path[0] = str(Path(arguments[0]).absolute().parent)
        sys.argv = arguments
        runpy.run_path(arguments[0], run_name="__main__")


def _status(code: object) -> int:
    if code is None:
        return 0
    if isinstance(code, int):
        return code
    sys.stderr.write(f"{code}\n")
    return 1


if __name__ == "__main__":
    serve(sys.argv[1:])
