"""The interpreters that the wheels must work on, and where this machine has them (CONTRIBUTING.md)."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.packaging.tools import uv

VERSIONS = ("3.10", "3.11", "3.12", "3.13")

_IDENTITY = """
import platform, sys, sysconfig
lock = "" if sysconfig.get_config_var("Py_GIL_DISABLED") else " with its global lock"
print("%s %d.%d%s" % (platform.python_implementation(), *sys.version_info[:2], lock))
print(sys.executable)
"""


def find(version: str) -> Path | None:
    """CPython *version* with its global lock; None where there is none."""
    wanted = f"CPython {version} with its global lock"
    for candidate in _candidates(version):
        identity, path = _identify(candidate)
        if identity == wanted:
            return Path(path)
    return None


def _candidates(version: str) -> Iterator[str]:
    """Those that ``MIZAN_TEST_PYTHONS`` names and no others, else those on PATH, of pyenv and of uv."""
    named = os.environ.get("MIZAN_TEST_PYTHONS", "").split()
    if named:
        yield from named
        return
    if on_path := shutil.which(f"python{version}"):
        yield on_path
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from map(str, sorted(pyenv.glob(f"versions/{version}.*/bin/python")))
    yield uv("python", "find", "--managed-python", version, check=False).stdout.strip()


def _identify(candidate: str) -> tuple[str, str]:
    """What *candidate* says of itself, and its own path (a shim's is another); empty texts when it does not run."""
    try:
        said = subprocess.run(
            [candidate, "-c", _IDENTITY], capture_output=True, text=True, check=True, timeout=250
        ).stdout.splitlines()
    except (OSError, subprocess.SubprocessError):
        return "", ""
    return said[0], said[1]
