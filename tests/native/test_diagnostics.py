"""``python -m mizan_native``: what it tells, what it tests, how it ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import mizan_native
from mizan_core.engine import pure
from mizan_native import __main__ as diagnostics
from mizan_native import _selftest, _vectors

VECTORS = Path(__file__).parent.parent / "vectors"


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mizan_native", *arguments],
        capture_output=True,
        text=True,
        timeout=250,
        env={**os.environ, **environment},
        check=False,
    )


def published(file: str) -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = json.loads((VECTORS / file).read_text("utf-8"))
    return cases


def test_the_report_names_the_engine_and_why() -> None:
    report = run(MIZAN_ENGINE="auto")
    assert report.returncode == 0, report.stderr
    assert "native (mizan-native is installed)" in report.stdout
    assert mizan_native.__version__ in report.stdout
    count = len(_selftest.CHECKS) + 1
    assert f"{count} of {count} checks passed" in report.stdout


def test_the_report_tells_when_the_pure_engine_runs() -> None:
    report = run("--json", MIZAN_ENGINE="pure")
    assert report.returncode == 0, report.stderr
    assert json.loads(report.stdout)["engine"] == "pure (MIZAN_ENGINE=pure asks for it)"


def test_json_holds_every_check() -> None:
    outcomes = json.loads(run("--json").stdout)["self-test"]
    assert set(outcomes.values()) == {"passed"}
    assert {name for name in mizan_native.__all__ if name not in ("Graph", "Plan", "__version__")} <= set(outcomes)


def test_help() -> None:
    report = run("--help")
    assert report.returncode == 0
    assert "exit code" in report.stdout


def test_no_output_looks_like_a_secret() -> None:
    output = run().stdout + run("--json").stdout
    assert _vectors.KEY not in output
    assert _vectors.TOKEN not in output


def test_a_failed_check_is_told_and_ends_with_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = _selftest.Check("wrong", lambda engine: engine.encode_bundle([]), b"")
    broken = _selftest.Check("broken", lambda engine: engine.encode_bundle([("f", "text")]), b"")  # type: ignore[list-item]
    monkeypatch.setattr(_selftest, "CHECKS", (wrong, broken))
    assert diagnostics.main([]) == 1
    output = capsys.readouterr().out
    assert "1 of 3 checks passed" in output
    assert "FAILED wrong: native engine: gave b'{}', not b''" in output
    assert "FAILED broken: native engine: raised TypeError: " in output


def test_every_function_of_the_contract_is_checked() -> None:
    checked = {check.name for check in _selftest.CHECKS}
    assert {name for name in pure.__all__ if name not in ("Graph", "Plan")} <= checked


def test_the_built_in_vectors_are_the_published_ones() -> None:
    keys = {case["key"]: case["input"] for case in published("cache_keys.json")}
    entry = {"secret": _vectors.KEY, "vary": None, **_vectors.CACHE_ENTRY}
    assert keys[_vectors.CACHE_KEY] == entry
    assert keys[_vectors.PARAMS_KEY]["params"] == _vectors.PARAMS
    tokens = {case["token"]: case["input"] for case in published("mwt.json")}
    assert tokens[_vectors.TOKEN]["sub"] == _vectors.CLAIMS.sub
    assert tokens[_vectors.TOKEN]["secret"] == _vectors.KEY
    permissions = {case["pkey"]: case["input"]["permissions"] for case in published("permission_keys.json")}
    assert permissions[_vectors.PERMISSION_KEY] == list(_vectors.PERMISSIONS)
    headers = {case["header"]: case["entries"] for case in published("invalidate_header.json")}
    assert headers[_vectors.ESCAPED_HEADER] == _vectors.ESCAPED_ENTRIES
