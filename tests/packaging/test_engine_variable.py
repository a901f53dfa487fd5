"""``MIZAN_ENGINE`` in its three values and in no other, with and without the native wheel."""

from __future__ import annotations

import pytest

from tests.packaging.choice import choose
from tests.packaging.environment import Environment
from tests.packaging.tools import BUILD_SECONDS

pytestmark = pytest.mark.timeout(BUILD_SECONDS)

WORDS = ["", "Native", "rust", "pure "]


@pytest.mark.parametrize("engine", [None, "auto"])
def test_auto_without_the_native_wheel(pure: Environment, engine: str | None) -> None:
    choice = choose(pure, engine)
    assert (choice.engine, choice.warnings) == ("pure", [])
    assert "not installed" in choice.reason


@pytest.mark.parametrize("engine", [None, "auto"])
def test_auto_with_the_native_wheel(everywhere: Environment, engine: str | None) -> None:
    choice = choose(everywhere, engine)
    assert (choice.engine, choice.warnings) == ("native", [])


def test_pure_without_the_native_wheel(pure: Environment) -> None:
    choice = choose(pure, "pure")
    assert (choice.engine, choice.warnings) == ("pure", [])


def test_pure_with_the_native_wheel(everywhere: Environment) -> None:
    choice = choose(everywhere, "pure")
    assert (choice.engine, choice.warnings) == ("pure", [])
    assert "MIZAN_ENGINE" in choice.reason


def test_native_with_the_native_wheel(everywhere: Environment) -> None:
    choice = choose(everywhere, "native")
    assert (choice.engine, choice.warnings) == ("native", [])


def test_native_without_the_native_wheel(pure: Environment) -> None:
    choice = choose(pure, "native")
    assert choice.engine is None
    assert "ImportError" in choice.families
    assert "mizan_native" in choice.message


@pytest.mark.parametrize("word", WORDS)
def test_no_other_word(pure: Environment, word: str) -> None:
    choice = choose(pure, word)
    assert choice.error == "ConfigurationError"
    assert all(text in choice.message for text in ("MIZAN_ENGINE", "auto", "native", "pure", repr(word)))


def test_both_engines_give_the_same(everywhere: Environment) -> None:
    assert choose(everywhere, "native").works == choose(everywhere, "pure").works
