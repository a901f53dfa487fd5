"""How the crates are built: no module of theirs imports in a circle, and the pure engine has modules of the same names.

The import contracts of ``pyproject.toml`` say the former of Python.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CORE, BINDING, CODEGEN, GENERATE = (
    ROOT / path for path in ("cores/mizan-rust/src", "src", "protocol/mizan-codegen/src", "protocol/mizan-generate/src")
)
PURE = ROOT / "cores/mizan-python/src/mizan_core/engine/pure"

IN_ONE_FILE = {"difference.access", "difference.changes", "difference.functions"}
"""Modules of the pure engine that the crate has in one file, that of the folder."""

_TESTS = re.compile(r"#\[cfg\(test\)\]\s*mod tests \{.*", re.DOTALL)
_COMMENT = re.compile(r"//.*")
_PATH = re.compile(r"\b(?:crate|self|super)(?:::super)*::(?:[\w:]+(?:::\{[^;]*?\})?|\{[^;]*?\})")
_ITEM = re.compile(r"(\w[\w:]*)(?:::\{([^{}]*)\})?")

Module = tuple[str, ...]


def modules(root: Path) -> dict[Module, str]:
    """The text of each module of a crate, without its tests."""
    found = {}
    for file in root.rglob("*.rs"):
        *folders, stem = file.relative_to(root).with_suffix("").parts
        if stem not in ("lib", "main", "tests"):
            name = tuple(folders) if stem == "mod" else (*folders, stem)
            found[name] = _COMMENT.sub("", _TESTS.sub("", file.read_text("utf-8")))
    return found


def spelt_out(path: str) -> Iterator[list[str]]:
    """``crate::a::{b, c::d}`` as the paths that it stands for."""
    head, _, inside = path.partition("{")
    for item in re.split(r",(?![^{]*\})", inside.rstrip("} \n")) if inside else [""]:
        yield [part for part in (head + item.split("{")[0]).split("::") if part.strip()]


def imported(module: Module, text: str, known: dict[Module, str]) -> Iterator[Module]:
    """The modules that *module* names, each by the longest path that is one."""
    for match in _PATH.finditer(text):
        for path in spelt_out(match[0]):
            base = list(module) if path[0] == "self" else []
            base = list(module) if path[0] == "super" else base
            while path and path[0] in ("crate", "self", "super"):
                base = base[:-1] if path.pop(0) == "super" else base
            names = [*base, *(part.strip() for part in path)]
            for length in range(len(names), len(base), -1):
                if tuple(names[:length]) in known:
                    yield tuple(names[:length])
                    break


def siblings(root: Path) -> dict[Module, dict[str, set[str]]]:
    """What the modules of each folder import of one another, with all that is below them."""
    known = modules(root)
    found: dict[Module, dict[str, set[str]]] = {}
    for module, text in known.items():
        for other in imported(module, text, known):
            depth = next((i for i, (one, two) in enumerate(zip(module, other, strict=False)) if one != two), None)
            if depth is not None:  # neither stands in the other
                found.setdefault(module[:depth], {}).setdefault(module[depth], set()).add(other[depth])
    return found


@pytest.mark.parametrize("root", [CORE, BINDING, CODEGEN, GENERATE], ids=lambda root: root.parent.name)
def test_no_module_imports_in_a_circle(root: Path) -> None:
    for folder, imports in siblings(root).items():
        try:
            TopologicalSorter(imports).prepare()
        except CycleError as error:
            pytest.fail(f"{'::'.join(folder) or 'crate'}: {' <- '.join(error.args[1])}")


def test_imports_are_found() -> None:
    known: dict[Module, str] = {("a",): "", ("a", "b"): "", ("c",): ""}
    text = "use crate::{c::X, a::b::{Y, Z}};\nuse super::c;\nself::b::f();"
    assert set(imported(("a",), text, known)) == {("c",), ("a", "b")}
    assert siblings(CORE)[()]["tags"] >= {"cache_key", "error"}


def test_the_pure_engine_has_the_crates_modules() -> None:
    crates = {".".join(module) for module in modules(CORE) | modules(CODEGEN)}
    pure = {".".join(file.relative_to(PURE).with_suffix("").parts) for file in PURE.rglob("*.py")}
    named = {name.removesuffix("__init__").rstrip(".") for name in pure} - {""}
    assert named - crates == IN_ONE_FILE
