"""A user's way: the packages without the native engine, then with it, and nothing else changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.packaging.choice import demand
from tests.packaging.environment import Environment
from tests.packaging.readme import FRAMEWORKS, write_examples
from tests.packaging.tools import BUILD_SECONDS
from tests.packaging.wheels import SERVING, Wheels

pytestmark = pytest.mark.timeout(BUILD_SECONDS)

# The answers to the requests of programs/serve.py.
STATUSES = [200, 200, 200, 200, 422, 404, 200, 401]


class Served(NamedTuple):
    """The engine that a framework's application runs on, and its answers."""

    engine: str
    answers: list[dict[str, Any]]


class Installation(NamedTuple):
    """What each framework serves before and after mizan-native comes into the environment."""

    before: dict[str, Served]
    after: dict[str, Served]


def serve(environment: Environment, framework: str, applications: Path, engine: str | None = None) -> Served:
    """Serve the README's application; any warning is an error."""
    # FastAPI's settings are environment variables.
    variables = {"MIZAN_MWT_SECRET": "only-for-these-tests-0123456789ab", **demand(engine)}
    folder = str(applications / framework)
    said = environment.program("serve", framework, folder, flags=("-W", "error"), variables=variables)
    return Served(**json.loads(said))


@pytest.fixture(scope="module")
def applications(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_examples(tmp_path_factory.mktemp("readme"))


@pytest.fixture(scope="module")
def installation(
    wheels: Wheels, base_python: Path, applications: Path, tmp_path_factory: pytest.TempPathFactory
) -> Installation:
    environment = Environment(tmp_path_factory.mktemp("installation"), base_python)
    environment.install(*(wheels[name].path for name in SERVING), "httpx")
    before = {framework: serve(environment, framework, applications) for framework in FRAMEWORKS}
    environment.add(wheels["mizan-native"].path)
    return Installation(before, {framework: serve(environment, framework, applications) for framework in FRAMEWORKS})


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_without_the_native_wheel_everything_works_in_pure_python(installation: Installation, framework: str) -> None:
    engine, answers = installation.before[framework]
    assert engine == "pure"
    assert [answer["status"] for answer in answers] == STATUSES
    assert answers[0]["body"] == '{"user_profile":{"id":1,"name":"Ada"}}'
    assert answers[2]["body"] == '{"user_profile":{"id":1,"name":"Ada L."}}'


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_the_native_wheel_switches_engines_and_changes_no_byte(installation: Installation, framework: str) -> None:
    assert installation.after[framework].engine == "native"
    assert installation.after[framework].answers == installation.before[framework].answers


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_every_version_of_python(everywhere: Environment, framework: str, applications: Path) -> None:
    native = serve(everywhere, framework, applications)
    pure = serve(everywhere, framework, applications, "pure")
    assert (native.engine, pure.engine) == ("native", "pure")
    assert native.answers == pure.answers
    assert [answer["status"] for answer in native.answers] == STATUSES
