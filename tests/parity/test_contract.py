"""The engine contract (docs/engine-data.md): names, signatures, which engine is picked, and how it bears use."""

from __future__ import annotations

import inspect
import os
import pkgutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import mizan_core
from mizan_core.engine import CONTRACT_VERSION, Engine, contract, pure
from tests.forking import client as forking
from tests.parity.differential import Same
from tests.parity.specifications import function
from tests.parity.tokens import PKEY, SECRET

SPEC = {"types": {}, "functions": [function("ping")]}

FUNCTIONS = [name for name, member in vars(Engine).items() if inspect.isfunction(member) and not name.startswith("_")]
CLASSES = {"CacheKeyer": contract.MakeKeyer, "MWTVerifier": contract.MakeVerifier}
METHODS = {
    ("CacheKeyer", "derive"): contract.Keyer,
    ("CacheKeyer", "key_and_tags"): contract.Keyer,
    ("CacheKeyer", "purge_tags"): contract.Keyer,
    ("CacheKeyer", "call_tags"): contract.Keyer,
    ("CacheKeyer", "seal"): contract.Keyer,
    ("CacheKeyer", "unseal"): contract.Keyer,
    ("MWTVerifier", "decode"): contract.Verifier,
}


def parameters(function: Callable[..., Any], *, bound: bool = True) -> list[tuple[str, Any, Any]]:
    """Names, kinds and defaults; without the first where the function is seen from its class."""
    found = [(item.name, item.kind, item.default) for item in inspect.signature(function).parameters.values()]
    return found if bound else found[1:]


def test_the_contract_is_what_the_architecture_page_lists() -> None:
    assert sorted({*FUNCTIONS, *CLASSES, "Graph", "Plan", "CONTRACT_VERSION"}) == sorted(pure.__all__)


def test_version(engine: Engine) -> None:
    assert engine.CONTRACT_VERSION == CONTRACT_VERSION
    assert type(engine.CONTRACT_VERSION) is int


def test_native_has_these_names_and_two_more(native: Engine) -> None:
    names: Any = native
    assert {*names.__all__} == {*pure.__all__, "__version__", "parse_ir"}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions(engine: Engine, name: str) -> None:
    assert parameters(getattr(engine, name)) == parameters(getattr(Engine, name), bound=False)


@pytest.mark.parametrize(("name", "protocol"), CLASSES.items())
def test_classes(engine: Engine, name: str, protocol: Any) -> None:
    assert parameters(getattr(engine, name)) == parameters(protocol.__call__, bound=False)


@pytest.mark.parametrize("name", CLASSES)
def test_classes_have_the_methods_of_the_contract(engine: Engine, name: str) -> None:
    methods = {method for method in dir(getattr(engine, name)) if not method.startswith("_")}
    assert methods == {method for owner, method in METHODS if owner == name}


@pytest.mark.parametrize(("path", "protocol"), METHODS.items())
def test_methods(engine: Engine, path: tuple[str, str], protocol: Any) -> None:
    method = getattr(getattr(engine, path[0]), path[1])
    assert parameters(method, bound=False) == parameters(getattr(protocol, path[1]), bound=False)


def test_graph(engine: Engine) -> None:
    graph: Any = engine.compile_graph({"types": {}, "functions": []})
    assert type(graph).__name__ == "Graph"
    assert parameters(graph.describe) == parameters(graph.fingerprint) == []
    assert graph.describe() == {"functions": {}, "contexts": {}}


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(lambda engine: engine.canonical_json(), id="too few"),
        pytest.param(lambda engine: engine.canonical_json(1, 2), id="too many"),
        pytest.param(lambda engine: engine.canonical_json(value=1, other=2), id="an unknown name"),
        pytest.param(lambda engine: engine.create_mwt("42", PKEY, SECRET), id="a keyword argument by position"),
        pytest.param(lambda engine: engine.decode_mwt("x"), id="a keyword argument left out"),
        pytest.param(lambda engine: engine.MWTVerifier(SECRET, None), id="a keyword argument of a class"),
        pytest.param(lambda engine: engine.derive_cache_key(SECRET, "c", context="c"), id="an argument twice"),
    ],
)
def test_calls_that_do_not_fit_the_signature(engine: Engine, call: Callable[[Any], Any]) -> None:
    """Python refuses them itself, in words that differ between its own versions."""
    with pytest.raises(TypeError):
        call(engine)


@pytest.mark.parametrize(
    "call",
    [
        lambda engine: engine.canonical_json(value=[1]),
        lambda engine: engine.derive_cache_key(secret=SECRET, context="c", params={}, user_id="1", rev=1, vary={}),
        lambda engine: engine.derive_cache_key(SECRET, "c", {}, "1", 1, {}),
        lambda engine: engine.CacheKeyer(secret=SECRET).derive(context="c", params={}, user_id="1", rev=1, vary={}),
        lambda engine: engine.CacheKeyer(SECRET).key_and_tags(
            context="c", params={}, user_id="1", rev=1, vary={}, scopes=[["a"]]
        ),
        lambda engine: engine.CacheKeyer(SECRET).key_and_tags("c", {}, "1", 1, {}, [["a"]]),
        lambda engine: engine.CacheKeyer(SECRET).purge_tags(context="c", params={"a": 1}),
        lambda engine: engine.CacheKeyer(SECRET).purge_tags("c", {"a": 1}),
        lambda engine: engine.CacheKeyer(SECRET).seal(key="k", versions=[b"version1"], body=b"{}"),
        lambda engine: engine.CacheKeyer(SECRET).unseal(key="k", entry=b"\x01\x01version1{}", versions=[b"version1"]),
        lambda engine: engine.create_mwt(sub="42", pkey=PKEY, secret=SECRET, now=1),
        lambda engine: engine.MWTVerifier(secret=SECRET, audience=None, leeway=0).decode(token="x", now=1),
        lambda engine: engine.compute_permission_key(staff=True, superuser=False, permissions=()),
        lambda engine: engine.compile_graph(spec={"types": {}, "functions": []}).describe(),
        lambda engine: engine.plan_call(engine.compile_graph(SPEC), "ping", {}, {}).finish(b"1", ()),
        lambda engine: engine.plan_call(
            graph=engine.compile_graph(SPEC), function="ping", args={}, identities={}, unidentified=()
        ).finish(result_json=b"1", nested=[], refresh_json=b"[]"),
        lambda engine: engine.stale_entries(plans=[]),
        lambda engine: engine.CacheKeyer(SECRET).call_tags(plans=[]),
        lambda engine: engine.format_invalidate_header(entries=["user"]),
        lambda engine: engine.encode_bundle(parts=[]),
        lambda engine: engine.emit_ir(document={"types": [], "functions": [], "contexts": []}),
    ],
)
def test_calls_by_name_and_by_position(same: Same, call: Callable[[Engine], object]) -> None:
    same(call)


# In processes of their own.


def run(*arguments: str, timeout: float = 60) -> str:
    """What that interpreter prints; it must end well."""
    environment = {name: value for name, value in os.environ.items() if name != "MIZAN_ENGINE"}
    command = [sys.executable, *arguments]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False, env=environment)
    assert ran.returncode == 0, ran.stderr[-4_000:]
    return ran.stdout


def test_native_is_what_auto_picks(native: Engine) -> None:
    script = "from mizan_core.engine import ENGINE, current; print(current().name, ENGINE.__name__)"
    assert run("-I", "-W", "error", "-c", script).split() == ["native", "mizan_native"]


MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(mizan_core.__path__, "mizan_core.")
    if not module.name.endswith("__main__")
)


@pytest.mark.parametrize("module", ["mizan_core", *MODULES])
def test_every_module_can_be_imported_first(module: str, tmp_path: Path) -> None:
    ran = forking.run(tmp_path, "-c", f"import warnings; warnings.simplefilter('error'); import {module}")
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize("script", sorted(path.name for path in (Path(__file__).parent / "isolated").glob("*.py")))
def test_native_bears_use(native: Engine, script: str) -> None:
    run(str(Path(__file__).parent / "isolated" / script), timeout=250)
