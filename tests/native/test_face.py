"""The extension's face: the contract's names and signatures, to the letter."""

from __future__ import annotations

import importlib.metadata
import inspect
from typing import TYPE_CHECKING, Any

import pytest

import mizan_native
from mizan_core.engine import pure

if TYPE_CHECKING:
    from mizan_core.engine import Engine

    # A type checker holds the stubs against the protocol here.
    _ENGINE: Engine = mizan_native

CLASSES = ("CacheKeyer", "Graph", "MWTVerifier", "Plan")
FUNCTIONS = sorted(name for name in pure.__all__ if callable(getattr(pure, name)) and name not in CLASSES)
METHODS = [
    ("CacheKeyer", "derive"),
    ("CacheKeyer", "key_and_tags"),
    ("CacheKeyer", "purge_tags"),
    ("MWTVerifier", "decode"),
    ("Graph", "describe"),
]

Parameters = list[tuple[str, Any, Any]]


def parameters(callable_: Any) -> Parameters:
    """Names, kinds and defaults; a compiled function has no annotations."""
    return [(item.name, item.kind, item.default) for item in inspect.signature(callable_).parameters.values()]


def method_parameters(module: Any, class_name: str, method: str) -> Parameters:
    return parameters(getattr(getattr(module, class_name), method))[1:]


def test_names_are_those_of_the_pure_engine() -> None:
    assert set(mizan_native.__all__) == {*pure.__all__, "__version__", "parse_ir"}


def test_versions() -> None:
    assert mizan_native.CONTRACT_VERSION == pure.CONTRACT_VERSION
    assert mizan_native.__version__ == importlib.metadata.version("mizan-native")


@pytest.mark.parametrize("name", [*FUNCTIONS, "CacheKeyer", "MWTVerifier"])
def test_signatures_are_those_of_the_pure_engine(name: str) -> None:
    assert parameters(getattr(mizan_native, name)) == parameters(getattr(pure, name))


@pytest.mark.parametrize(("class_name", "method"), METHODS)
def test_method_signatures_are_those_of_the_pure_engine(class_name: str, method: str) -> None:
    assert method_parameters(mizan_native, class_name, method) == method_parameters(pure, class_name, method)


@pytest.mark.parametrize("name", [*FUNCTIONS, *CLASSES, "parse_ir"])
def test_everything_is_documented(name: str) -> None:
    assert inspect.getdoc(getattr(mizan_native, name))


@pytest.mark.parametrize("name", CLASSES)
def test_no_class_can_be_derived_from(name: str) -> None:
    kind: Any = getattr(mizan_native, name)
    assert kind.__module__ == "mizan_native"
    with pytest.raises(TypeError, match="not an acceptable base type"):
        type("Derived", (kind,), {})


def test_a_graph_is_made_by_compile_graph_alone() -> None:
    with pytest.raises(TypeError, match=r"No constructor defined|cannot create"):
        mizan_native.Graph()
