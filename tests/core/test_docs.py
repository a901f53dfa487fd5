"""What README and docs name is there: every import line of their examples, every module, every file, every verb."""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import mizan_core
from mizan_core.call.port import Handling, Port
from mizan_core.client import Options
from mizan_core.http.port import HttpPort

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]

_BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_IMPORT = re.compile(r"^(?:from mizan\S* import [^#\n]+|import mizan[^#\n]*)", re.MULTILINE)
_NAME = re.compile(r"`(mizan_(?:core|fastapi|redis|native)(?:\.\w+)+)[^`]*`")
_PATH = re.compile(
    r"`((?:cores|src|python|backends|stores|protocol|frontends|tests|benchmarks|examples|docs)/[^`*{<\s]*)`"
)
_FILE = re.compile(r"`([\w./-]+\.(?:py|pyi|rs|jinja|mjs))`")
_VERB = re.compile(r"(?:`|^ *(?:\$ )?)make ([a-z][a-z-]*)", re.MULTILINE)
_MADE = {"benchmarks/results/"}  # by the verb that the page is about
_ROOMS = ["backends", "benchmarks", "cores", "examples", "frontends", "protocol", "python", "src", "stores", "tests"]
_BUILT = {"node_modules", "target", "dist", "build", "__pycache__"}
_A_READERS = {"app.py", "clients.py", "forms.py", "main.py", "project.py", "settings.py", "urls.py", "views.py"}
"""Files of an application that a page speaks of."""
_QUOTE = re.compile(r"^```tsx?\n// (examples/\S+\n.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")


def files() -> Iterator[str]:
    """What stands in the rooms, below the root."""
    for room in (
        "backends",
        "benchmarks",
        "cores",
        "examples",
        "frontends",
        "protocol",
        "python",
        "src",
        "stores",
        "tests",
    ):
        for folder, folders, names in os.walk(ROOT / room):
            folders[:] = [name for name in folders if name not in _BUILT]
            yield from (f"{Path(folder).relative_to(ROOT).as_posix()}/{name}" for name in names)


FILES = tuple(files())


def found(pattern: re.Pattern[str], *, in_blocks: bool = False) -> list[Any]:
    """What *pattern* matches on each page, once a page."""
    cases = []
    for page in PAGES:
        text = page.read_text("utf-8")
        text = "\n".join(_BLOCK.findall(text)) if in_blocks else text
        matches = {match[pattern.groups].strip() for match in pattern.finditer(text)} - _MADE
        cases += [pytest.param(page, match, id=f"{page.name}: {match}") for match in sorted(matches)]
    return cases


@pytest.mark.parametrize(("page", "line"), found(_IMPORT, in_blocks=True))
def test_import_lines(page: Path, line: str) -> None:
    exec(line, {})  # noqa: S102 - a line of our own documentation


@pytest.mark.parametrize(("page", "name"), found(_NAME))
def test_dotted_names(page: Path, name: str) -> None:
    module, *rest = name.split(".")
    thing: object = importlib.import_module(module)
    for part in rest:
        module = f"{module}.{part}"
        thing = getattr(thing, part) if hasattr(thing, part) else importlib.import_module(module)


@pytest.mark.parametrize(("page", "path"), found(_PATH))
def test_paths(page: Path, path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize(("page", "file"), found(_FILE))
def test_files(page: Path, file: str) -> None:
    assert Path(file).name in _A_READERS or any(f"/{known}".endswith(f"/{file}") for known in FILES)


@pytest.mark.parametrize(("page", "verb"), found(_VERB))
def test_verbs(page: Path, verb: str) -> None:
    assert f"\n{verb}:" in (ROOT / "Makefile").read_text("utf-8")


def test_contributing_has_every_verb() -> None:
    verbs = re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    page = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    assert [verb for verb in verbs if f"make {verb}" not in page] == []


def test_the_readme_has_every_option() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert [option for option in Options.__annotations__ if f"{option}=" not in readme] == []


def test_architecture_has_every_room_and_every_method_of_a_port() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    _, _, rooms = page.partition("The rooms of `mizan_core`")
    named = {name for line in rooms.splitlines() if line.startswith("| `") for name in re.findall(r"`(\w+)`", line)}
    modules = {module.name for module in pkgutil.iter_modules(mizan_core.__path__)}
    methods = {name for owner in (Port, Handling, HttpPort) for name in vars(owner) if not name.startswith("_")}
    assert modules | methods <= named
    assert f"{len(methods)} methods" in page


@pytest.mark.parametrize(("page", "target"), found(_LINK))
def test_links(page: Path, target: str) -> None:
    assert (page.parent / target).exists()


@pytest.mark.parametrize(("page", "block"), found(_QUOTE))
def test_what_is_quoted_of_an_example_stands_there(page: Path, block: str) -> None:
    path, _, quoted = block.partition("\n")
    assert quoted in (ROOT / path).read_text("utf-8")


def test_something_is_found() -> None:
    """The patterns above still fit how the pages are written."""
    assert len(found(_IMPORT, in_blocks=True)) > 6
    assert min(len(found(pattern)) for pattern in (_NAME, _PATH, _FILE, _VERB, _LINK)) > 6
    assert len(found(_QUOTE)) > 3


def test_what_is_packed_is_what_is_tried() -> None:
    (packed,) = re.findall(r"^PACKS := (.+)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    (tried,) = re.findall(
        r"^const PACKAGES = (.+);$", (ROOT / "frontends/checks/packs.mjs").read_text("utf-8"), re.MULTILINE
    )
    assert packed.split() == json.loads(tried)
