"""The steps of a call and of a fetch, in their order; each fails in turn, and none that comes after it is taken."""

from __future__ import annotations

from typing import Any

import pytest

from mizan_core.call.outcome import Fetched, Refused, Result
from mizan_core.errors import (
    APIError,
    BadRequest,
    Conflict,
    Forbidden,
    InternalError,
    NotFound,
    Unauthorized,
    ValidationFailed,
)
from mizan_core.settings import Settings
from mizan_core.viewer import ANONYMOUS, Viewer
from tests.call.fakes import ADA, SECRET, TOKEN, App, FakePort, Way


def _note(request: Any, *_: Any) -> bool:
    request.steps.append("auth")
    return True


def profile(request: Any, user_id: int) -> str:
    request.steps.append("profile")
    return "Ada"


def orders(request: Any, user_id: int) -> int:
    request.steps.append("orders")
    return 3


def rename(request: Any, user_id: int, name: str) -> str:
    request.steps.append("rename")
    return name


def guarded(request: Any, number: int) -> int:
    request.steps.append("guarded")
    return number


def asked(request: Any, number: int) -> int:
    request.steps.append("asked")
    return number


def hidden(request: Any) -> None:
    """Nobody may call it."""


def staff_orders(request: Any) -> int:
    return 0


def app(settings: Settings | None = None) -> App:
    functions: dict[Any, dict[str, Any]] = {
        profile: {"context": "user"},
        orders: {"context": "user"},
        staff_orders: {"context": "staff", "auth": "staff"},
        rename: {"affects": "user"},
        guarded: {"auth": True},
        asked: {"auth": _note},
        hidden: {"private": True, "auth": True},
    }
    return App(functions) if settings is None else App(functions, settings)


def refusal(outcome: object) -> type[APIError]:
    assert isinstance(outcome, Refused)
    return type(outcome.error)


def test_a_call_with_a_token(way: Way) -> None:
    port = way.port()
    outcome = way.run(app().call(port, "rename", TOKEN, user_id=5, name="Eva"))
    assert isinstance(outcome, Result)
    assert outcome.json == b'"Eva"'
    assert port.steps == ["assume 7 loaded", "load_user", "invoke", "rename", "purge"]


def test_a_call_of_the_frameworks_user(way: Way) -> None:
    port = way.port(ADA)
    assert isinstance(way.run(app().call(port, "guarded", number=1)), Result)
    assert port.steps == ["identify guarded", "invoke", "guarded"]


def test_who_calls_what_asks_for_nobody_is_checked_all_the_same(way: Way) -> None:
    """A browser's credentials reach every function that may write, whether or not it looks at them."""
    port = way.port()
    way.run(app().call(port, "rename", user_id=5, name="Eva"))
    assert port.steps == ["identify guarded", "invoke", "rename", "purge"]


def test_a_question_of_the_applications_is_asked_of_the_loaded_user(way: Way) -> None:
    port = way.port()
    assert isinstance(way.run(app().call(port, "asked", TOKEN, number=1)), Result)
    assert port.steps == ["assume 7 loaded", "load_user", "invoke", "auth", "invoke", "asked"]


def test_a_user_who_is_always_checked_is_loaded_at_once(way: Way) -> None:
    port = way.port()
    always = Settings(mwt_secret=SECRET, cache_secret=SECRET[::-1], mwt_check="always")
    way.run(app(always).fetch(port, "user", TOKEN, user_id=5))
    assert port.steps[:2] == ["assume 7 always", "load_user at once"]


@pytest.mark.parametrize(
    ("function", "token", "arguments", "error", "steps"),
    [
        ("nothing", "no token", {"bad": 1}, NotFound, []),
        ("hidden", "no token", {"bad": 1}, Forbidden, []),
        ("guarded", "no token", {"bad": 1}, Unauthorized, []),
        ("guarded", None, {"bad": 1}, Unauthorized, ["identify guarded"]),
        ("guarded", TOKEN, {"bad": 1}, ValidationFailed, ["assume 7 loaded", "load_user"]),
        ("rename", None, {"user_id": "x", "name": "Eva"}, ValidationFailed, ["identify guarded"]),
    ],
)
def test_of_several_mistakes_the_first_step_tells(
    way: Way, function: str, token: str | None, arguments: dict[str, Any], error: type[APIError], steps: list[str]
) -> None:
    port = way.port()
    assert refusal(way.run(app().call(port, function, token, **arguments))) is error
    assert port.steps == steps


@pytest.mark.parametrize(
    ("context", "token", "viewer", "params", "error"),
    [
        ("nothing", "no token", ANONYMOUS, {"bad": 1}, NotFound),
        ("staff", "no token", ANONYMOUS, {"bad": 1}, Unauthorized),
        ("staff", None, ANONYMOUS, {"bad": 1}, Unauthorized),
        ("staff", None, ADA, {"bad": 1}, Forbidden),
        ("staff", TOKEN, ANONYMOUS, {"bad": 1}, Forbidden),
        ("staff", None, Viewer(True, staff=True, id="eva"), {"bad": 1}, ValidationFailed),
        ("user", None, ANONYMOUS, {"user_id": "x"}, ValidationFailed),
    ],
)
def test_of_several_mistakes_in_a_fetch_the_first_step_tells(
    way: Way, context: str, token: str | None, viewer: Viewer, params: dict[str, Any], error: type[APIError]
) -> None:
    port = way.port(viewer)
    assert refusal(way.run(app().fetch(port, context, token, **params))) is error
    assert not any(step.startswith("invoke") for step in port.steps)


@pytest.mark.parametrize(
    ("step", "steps"),
    [
        ("assume", ["assume 7 loaded"]),
        ("load_user", ["assume 7 loaded", "load_user"]),
        ("invoke", ["assume 7 loaded", "load_user", "invoke", "purge"]),
        ("purge", ["assume 7 loaded", "load_user", "invoke", "rename", "purge"]),
    ],
)
@pytest.mark.parametrize(
    ("raised", "error"), [(Conflict(), Conflict), (KeyError(), NotFound), (ValueError(), InternalError)]
)
def test_a_step_of_the_port_that_fails_is_the_last_but_for_the_purge(
    way: Way, step: str, steps: list[str], raised: Exception, error: type[APIError]
) -> None:
    """What the port translates is told, and what it does not is nobody's business."""
    port = way.port(failing={step: raised})
    assert refusal(way.run(app().call(port, "rename", TOKEN, user_id=5, name="Eva"))) is error
    assert port.steps == steps


@pytest.mark.parametrize("step", ["identify", "invoke_all"])
def test_a_step_of_a_fetch_that_fails_is_the_last(way: Way, step: str) -> None:
    port = way.port(ADA, failing={step: BadRequest()})
    assert refusal(way.run(app().fetch(port, "user", user_id=5))) is BadRequest
    assert port.steps[-1].partition(" ")[0] == step


def test_a_bundle(way: Way) -> None:
    port = way.port(ADA)
    fetched = way.run(app().fetch(port, "user", user_id=5))
    assert isinstance(fetched, Fetched)
    assert fetched.body == b'{"orders":3,"profile":"Ada"}'
    assert port.steps == ["identify", "invoke_all 2 watched", "orders", "profile"]


def test_what_nobody_has_foreseen_is_told_to_the_server_alone(way: Way) -> None:
    port = way.port(failing={"invoke": ValueError("a secret")})
    outcome = way.run(app().call(port, "rename", user_id=5, name="Eva"))
    assert isinstance(outcome, Refused)
    assert "secret" not in str(outcome.error.message)
    assert outcome.failure is not None
    assert outcome.failure.message == "The function rename failed"
    assert outcome.failure.fields == {"mizan_function": "rename"}


def test_an_error_of_the_protocol_is_no_failure(way: Way) -> None:
    outcome = way.run(app().call(way.port(failing={"invoke": Conflict()}), "rename", user_id=5, name="Eva"))
    assert isinstance(outcome, Refused)
    assert outcome.failure is None


def test_of_a_bundle_the_function_that_failed_is_named() -> None:
    def broken(request: Any, user_id: int) -> int:
        raise ValueError

    outcome = Way(waits=False).run(
        App({profile: {"context": "user"}, broken: {"context": "user"}}).fetch(FakePort(), "user", user_id=5)
    )
    assert isinstance(outcome, Refused)
    assert outcome.failure is not None
    assert outcome.failure.message == "The function broken of the context user failed"
