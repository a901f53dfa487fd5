"""The built wheels themselves: tags, contents, metadata."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.packaging.interpreters import VERSIONS
from tests.packaging.tools import BUILD_SECONDS, ROOT
from tests.packaging.wheels import Wheel, Wheels

pytestmark = pytest.mark.timeout(BUILD_SECONDS)

MAX_NATIVE_BYTES = 2_000_000  # with the generators of clients in it

# What a requirement brings along in a version that it chooses itself, and what an application has that uses it.
_BROUGHT = {"annotated_types", "anyio", "asgiref", "pydantic_core"}
_ELSEWHERE = {"debug_toolbar", "opentelemetry"}
_DISTRIBUTIONS = {"allauth": "django-allauth"}

# Each distribution's package and the folder that it is made from.
PACKAGES = {
    "mizan-core": ("mizan_core", ROOT / "cores/mizan-python/src"),
    "mizan-django": ("mizan", ROOT / "backends/mizan-django/src"),
    "mizan-fastapi": ("mizan_fastapi", ROOT / "backends/mizan-fastapi/src"),
    "mizan-native": ("mizan_native", ROOT / "python"),
    "mizan-redis": ("mizan_redis", ROOT / "stores/mizan-redis/src"),
}
PURE = sorted(set(PACKAGES) - {"mizan-native"})
WITH_ENGINE = sorted({*PURE} - {"mizan-redis"})
"""Those that offer the native engine as an extra."""


@pytest.fixture(params=sorted(PACKAGES))
def wheel(request: pytest.FixtureRequest, wheels: Wheels) -> Wheel:
    return wheels[request.param]


def _sources(package: str, folder: Path) -> set[str]:
    """The files of a package in the checkout; what a build or a run has left there does not count."""
    return {
        path.relative_to(folder).as_posix()
        for path in (folder / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".so"
    }


def _requirements(wheel: Wheel) -> list[str]:
    """What is installed along with *wheel* when no extra is asked for."""
    return sorted(line for line in wheel.metadata.get_all("Requires-Dist", []) if "extra ==" not in line)


def test_there_are_five(wheels: Wheels) -> None:
    assert set(wheels) == set(PACKAGES)


@pytest.mark.parametrize("name", PURE)
def test_pure_wheels_fit_everywhere(wheels: Wheels, name: str) -> None:
    assert wheels[name].tags == ("py3", "none", "any")


def test_one_native_wheel_fits_all_supported_versions(wheels: Wheels) -> None:
    interpreter, abi, platform = wheels["mizan-native"].tags
    assert (interpreter, abi) == ("cp310", "abi3")
    assert platform != "any"


def test_a_wheel_holds_the_package_and_nothing_else(wheel: Wheel) -> None:
    package, folder = PACKAGES[wheel.distribution]
    extensions = {name for name in wheel.members if name.endswith(".so")}
    found = {name for name in wheel.members if not name.startswith(wheel.info)} - extensions
    assert found == _sources(package, folder)
    assert f"{package}/py.typed" in found
    assert extensions == ({"mizan_native/_native.abi3.so"} if wheel.distribution == "mizan-native" else set())


def test_the_extension_has_stubs(wheels: Wheels) -> None:
    assert "mizan_native/_native.pyi" in wheels["mizan-native"].members


def test_the_native_wheel_is_small(wheels: Wheels) -> None:
    assert wheels["mizan-native"].path.stat().st_size < MAX_NATIVE_BYTES


def test_licence(wheel: Wheel) -> None:
    assert wheel.metadata["License-Expression"] == "MIT OR Apache-2.0"
    assert set(wheel.metadata.get_all("License-File", [])) == {"LICENSE-MIT", "LICENSE-APACHE"}
    assert {f"{wheel.info}/licenses/{name}" for name in ("LICENSE-MIT", "LICENSE-APACHE")} <= wheel.members


def test_supported_versions(wheel: Wheel) -> None:
    prefix = "Programming Language :: Python :: 3."
    said = [line for line in wheel.metadata.get_all("Classifier", []) if line.startswith(prefix)]
    assert sorted(said) == [f"Programming Language :: Python :: {version}" for version in VERSIONS]
    assert wheel.metadata["Requires-Python"] == ">=" + VERSIONS[0]


def test_all_have_one_version(wheels: Wheels) -> None:
    assert len({wheel.metadata["Version"] for wheel in wheels.values()}) == 1


@pytest.mark.parametrize("name", PURE)
def test_nothing_but_an_extra_asks_for_the_native_wheel(wheels: Wheels, name: str) -> None:
    assert not [line for line in _requirements(wheels[name]) if line.startswith("mizan-native")]
    assert ("native" in wheels[name].metadata.get_all("Provides-Extra", [])) == (name in WITH_ENGINE)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("mizan-core", {"pydantic", "python-multipart", "typing-extensions"}),
        ("mizan-django", {"django", "mizan-core"}),
        ("mizan-fastapi", {"fastapi", "mizan-core", "starlette"}),
        ("mizan-native", {"mizan-core"}),
        ("mizan-redis", {"async-timeout", "mizan-core", "redis"}),
    ],
)
def test_dependencies(wheels: Wheels, name: str, expected: set[str]) -> None:
    assert {re.split("[<>]", line.lower())[0] for line in _requirements(wheels[name])} == expected


def test_what_is_imported_is_asked_for(wheel: Wheel) -> None:
    """Else its version would be whatever somebody else's requirement happens to allow."""
    required = {re.split(r"[<>;\[ ]", line.lower())[0] for line in wheel.metadata.get_all("Requires-Dist", [])}
    own = PACKAGES[wheel.distribution][0]
    imported = _imported(wheel) - sys.stdlib_module_names - _BROUGHT - _ELSEWHERE - {own}
    distributions = {_DISTRIBUTIONS.get(name, name.replace("_", "-")) for name in imported}
    # The core is what all others stand on, and passes on what its public names are made of.
    assert distributions - required <= ({"typing-extensions", "pydantic"} if "mizan-core" in required else set())


def _imported(wheel: Wheel) -> frozenset[str]:
    """The outermost packages that its modules import, at whatever depth."""
    with ZipFile(wheel.path) as archive:
        trees = [ast.parse(archive.read(name)) for name in archive.namelist() if name.endswith(".py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom) and node.level == 0]
    return frozenset(name.partition(".")[0] for name in names)
