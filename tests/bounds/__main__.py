"""``make bounds``: the tests of what our packages use, on the oldest and on the newest versions that they allow.

The oldest are the lower bounds of what our packages name, on the oldest Python; all else is as new as it may be.
The newest are what a user gets who installs today, on the newest Python and whatever ``constraints.txt`` says.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.packaging.interpreters import VERSIONS, find
from tests.packaging.tools import ROOT, uv_path

SUITES = ("adapters", "allauth", "cache", "conformance", "forms", "live")
"""What touches what others have written."""
# The soaks search, and one test counts bytes: neither is a matter of versions.
_LEFT_OUT = ("cache/test_broken_builds.py", "cache/test_soak.py", "live/test_memory.py", "live/test_soak.py")
_PROJECTS = ("cores/mizan-python", "backends/mizan-django", "backends/mizan-fastapi", "stores/mizan-redis")
_OURS = ("mizan-core", "mizan-native")


def main() -> int:
    """The exit status: 0 when the tests pass on all chosen versions."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("wheels", type=Path, help="the folder that `make wheels` has filled")
    parser.add_argument("--only", choices=("lowest", "newest"), help="one end of the bounds")
    options, pytest_arguments = parser.parse_known_args()
    ends = [options.only] if options.only else ["lowest", "newest"]
    return max(_try(end, options.wheels.absolute(), pytest_arguments) for end in ends)


def _try(end: str, wheels: Path, pytest_arguments: list[str]) -> int:
    version = VERSIONS[0] if end == "lowest" else VERSIONS[-1]
    interpreter = find(version)
    if interpreter is None:
        print(f"CPython {version} is missing: install it, or name it in MIZAN_TEST_PYTHONS", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="mizan-bounds-") as folder:
        pins = Path(folder) / "pins.txt"
        pins.write_text(_lowest(version) if end == "lowest" else "")
        python = _environment(Path(folder) / "environment", interpreter, pins, wheels)
        print(f"== the {end} versions that are allowed, on CPython {version}: {_installed(python)}", flush=True)
        return _pytest(python, pytest_arguments)


def _lowest(version: str) -> str:
    """The lowest version of each thing that a package of ours names, as constraints."""
    projects = [str(ROOT / folder / "pyproject.toml") for folder in _PROJECTS]
    no_emit = [argument for name in _OURS for argument in ("--no-emit-package", name)]
    resolution = ("--resolution", "lowest-direct", "--python-version", version, "--all-extras")
    # With a newer one the plugin of an older anyio warns, and warnings are errors.
    return "pytest<9.2\n" + _uv(
        "pip", "compile", "--quiet", "--no-header", "--no-annotate", *resolution, *no_emit, *projects
    )


def _environment(folder: Path, interpreter: Path, pins: Path, wheels: Path) -> Path:
    """The interpreter of a new environment with our wheels and what the tests need."""
    _uv("venv", "--quiet", "--no-project", "--python", str(interpreter), str(folder))
    python = folder / "bin/python"
    built = sorted(map(str, wheels.glob("mizan_*.whl")))
    groups = ("--group", str(ROOT / "pyproject.toml") + ":dev")
    _uv("pip", "install", "--quiet", "--python", str(python), "--constraints", str(pins), *groups, *built)
    return python


def _installed(python: Path) -> str:
    listed = _uv("pip", "list", "--quiet", "--format", "freeze", "--python", str(python)).split()
    names = ("channels", "django", "fastapi", "pydantic", "python-multipart", "redis", "starlette", "websockets")
    return ", ".join(line.replace("==", " ") for line in listed if line.partition("==")[0] in names)


def _pytest(python: Path, arguments: list[str]) -> int:
    suites = [f"tests/{suite}" for suite in SUITES]
    left_out = [f"--ignore=tests/{place}" for place in _LEFT_OUT]
    options = ("-q", "-p", "no:cacheprovider", *left_out)
    return subprocess.run([python, "-m", "pytest", *options, *suites, *arguments], cwd=ROOT, check=False).returncode


def _uv(*arguments: str) -> str:
    """What uv prints; ends the program with what it says of a failure."""
    ended = subprocess.run([uv_path() or "uv", *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    if ended.returncode:
        sys.exit(ended.returncode)
    return ended.stdout


if __name__ == "__main__":
    sys.exit(main())
