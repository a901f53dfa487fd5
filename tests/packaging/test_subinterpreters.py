"""Several interpreters in one process (mod_wsgi has them): the native engine belongs to one, the others are told so."""

from __future__ import annotations

import pytest

from tests.packaging.choice import Choice, demand, read
from tests.packaging.environment import Environment
from tests.packaging.tools import BUILD_SECONDS

pytestmark = pytest.mark.timeout(BUILD_SECONDS)

KINDS = pytest.mark.parametrize("kind", ["legacy", "isolated"])


def choose(environment: Environment, kind: str, *order: str, engine: str | None = None) -> list[Choice]:
    """What comes of importing the engine in interpreters of one process, one after the other; it must end well."""
    return read(environment.program("interpreters", kind, *order, variables=demand(engine)))


def is_refused_clearly(choice: Choice) -> bool:
    """Pure, with one warning that names the cause and the mend."""
    if choice.engine != "pure" or len(choice.warnings) != 1:
        return False
    category, message = choice.warnings[0]
    return category == "RuntimeWarning" and all(text in message for text in ("subinterpreter", "MIZAN_ENGINE=pure"))


@KINDS
def test_a_subinterpreter_beside_a_native_main_interpreter(everywhere: Environment, kind: str) -> None:
    main, sub, second, main_again = choose(everywhere, kind, "main", "sub", "sub", "main")
    assert (main.engine, main.warnings) == ("native", [])
    assert is_refused_clearly(sub), sub
    assert is_refused_clearly(second), second
    assert main_again.engine == "native"
    assert {main.works, sub.works, second.works, main_again.works} == {main.works}


@KINDS
def test_the_main_interpreter_after_subinterpreters(everywhere: Environment, kind: str) -> None:
    """The first may have the native engine, for as long as the process lives; the others are told that they may not."""
    choices = choose(everywhere, kind, "sub", "sub", "main")
    natives = [choice for choice in choices if choice.engine == "native"]
    assert len(natives) <= 1
    assert all(is_refused_clearly(choice) for choice in choices if choice not in natives), choices
    assert len({choice.works for choice in choices}) == 1


@KINDS
def test_native_is_demanded_in_a_subinterpreter(everywhere: Environment, kind: str) -> None:
    main, sub = choose(everywhere, kind, "main", "sub", engine="native")
    assert main.engine == "native"
    assert sub.error == "EngineUnavailable"
    assert "ImportError" in sub.families
    assert "subinterpreter" in sub.message


@KINDS
def test_pure_in_all_interpreters(everywhere: Environment, kind: str) -> None:
    choices = choose(everywhere, kind, "main", "sub", "main", engine="pure")
    assert [(choice.engine, choice.warnings) for choice in choices] == [("pure", [])] * 3
