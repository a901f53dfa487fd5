"""The targets, one after the other, and a watch over their logs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pytest

from tests.conformance.caller import Caller
from tests.conformance.functions.serving import SUFFIX
from tests.conformance.target import ENGINES, Facade, Target, facades, running

TRACEBACK = "Traceback (most recent call last)"


class World(NamedTuple):
    """The functions as they stand, or their coroutine twins."""

    suffix: str

    def __call__(self, name: str) -> str:
        """The name that something has in this world."""
        return name + self.suffix

    def __str__(self) -> str:
        return "async" if self.suffix else "sync"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "django: only the targets that run Django")
    config.addinivalue_line("markers", "fastapi: only the targets that run FastAPI")
    config.addinivalue_line("markers", "event_loop: only the targets that run on an event loop")
    config.addinivalue_line("markers", "logs_tracebacks: the server is expected to log a failure")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "target" in metafunc.fixturenames:
        tried = facades(no_native=metafunc.config.getoption("no_native"))
        asked_for = [facade for facade in tried if _is_asked_for(facade, metafunc)]
        metafunc.parametrize("target", asked_for, ids=str, indirect=True, scope="session")
    if "engine_name" in metafunc.fixturenames:
        metafunc.parametrize("engine_name", [name for name in ENGINES if _is_engine_asked_for(name, metafunc)])
    if "world" in metafunc.fixturenames:
        metafunc.parametrize("world", [World(""), World(SUFFIX)], ids=str)


def _is_asked_for(facade: Facade, metafunc: pytest.Metafunc) -> bool:
    conditions = {"django": facade.is_django, "fastapi": facade.is_fastapi, "event_loop": facade.has_event_loop}
    return _is_engine_asked_for(facade.engine, metafunc) and all(
        holds for mark, holds in conditions.items() if metafunc.definition.get_closest_marker(mark)
    )


def _is_engine_asked_for(name: str, metafunc: pytest.Metafunc) -> bool:
    return name != "native" or not metafunc.config.getoption("no_native")


@pytest.fixture(scope="session")
def target(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """Each server in turn, running for the whole session."""
    with running(request.param, tmp_path_factory.mktemp("target")) as target:
        yield target
    log = target.logged_since(0)
    assert not [secret for secret in target.secrets if secret in log], f"{target} has logged a secret"


@pytest.fixture(autouse=True)
def quiet_log(request: pytest.FixtureRequest) -> Iterator[None]:
    """No test leaves a traceback in the log, unless it is about one, and none a secret."""
    if "target" not in request.fixturenames:
        yield
        return
    target: Target = request.getfixturevalue("target")
    offset = target.log_size()
    yield
    log = target.logged_since(offset)
    if target.process.poll() is not None:
        pytest.fail(f"{target} has ended:\n{log}", pytrace=False)
    if TRACEBACK in log and not request.node.get_closest_marker("logs_tracebacks"):
        pytest.fail(f"{target} has logged a failure:\n{log}", pytrace=False)
    if any(secret in log for secret in target.secrets):
        pytest.fail(f"{target} has logged a secret:\n{log}", pytrace=False)


@pytest.fixture
def stranger(target: Target) -> Caller:
    """Nobody in particular: no session, no token."""
    return target.stranger()


@pytest.fixture
def plain(target: Target) -> Caller:
    """A logged-in user without flags."""
    return target.member("plain")
