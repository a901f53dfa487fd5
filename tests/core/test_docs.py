"""What README and docs name is there: every import line of their examples, every module, every file."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]

_BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_IMPORT = re.compile(r"^(?:from mizan\S* import [^#\n]+|import mizan[^#\n]*)", re.MULTILINE)
_NAME = re.compile(r"`(mizan_(?:core|fastapi|redis)(?:\.\w+)+)[^`]*`")
_PATH = re.compile(
    r"`((?:cores|src|python|backends|caches|protocol|frontends|tests|benchmarks|examples|docs)/[^`*{<\s]*)`"
)
_MADE = {"benchmarks/results/"}  # by the verb that the page is about
_QUOTE = re.compile(r"^```tsx?\n// (examples/\S+\n.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")


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
    assert min(len(found(pattern)) for pattern in (_NAME, _PATH, _LINK)) > 6
    assert len(found(_QUOTE)) > 3
