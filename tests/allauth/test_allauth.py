"""allauth's functions, and what they ask the specification for, held against the document that allauth ships."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml
from openapi_schema_validator import OAS30Validator

ROOT = Path(__file__).parents[2]
EVERYTHING = ["*"]


def _told(module: str) -> Any:
    done = subprocess.run(
        [sys.executable, "-m", f"tests.allauth.{module}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def browser() -> Any:
    return _told("browser")


@pytest.fixture(scope="module")
def told(browser: Any) -> Any:
    return browser["told"]


@pytest.fixture(scope="module")
def app() -> Any:
    return _told("app")["told"]


@pytest.fixture(scope="module")
def document() -> Any:
    spec = find_spec("allauth.headless.spec")
    assert spec is not None
    assert spec.origin is not None
    return yaml.safe_load((Path(spec.origin).parent / "doc" / "openapi.yaml").read_text("utf-8"))


class TestBrowser:
    def test_nobody_is_an_answer(self, told: Any) -> None:
        assert (told["nobody"]["is_authenticated"], told["nobody"]["user"]) == (False, None)
        assert {"id": "login"} in told["nobody"]["flows"]

    def test_wrong_input_is_told_by_field(self, told: Any) -> None:
        assert told["refused"][0] == 422
        assert list(told["refused"][1]["error"]["details"]) == ["password"]
        assert set(told["signup_wrong"][1]["error"]["details"]) == {"email", "password"}
        assert list(told["email_verify_wrong"][1]["error"]["details"]) == ["key"]

    @pytest.mark.parametrize(
        ("function", "stage"), [("signup", "verify_email"), ("login_with_factor", "mfa_authenticate")]
    )
    def test_a_pending_stage_is_a_declared_error(self, told: Any, function: str, stage: str) -> None:
        status, body = told[function]
        assert (status, body["error"]["code"], "invalidate" in body) == (401, "AUTH_PENDING", False)
        pending = [flow["id"] for flow in body["error"]["data"]["flows"] if flow.get("is_pending")]
        assert pending == [stage]

    def test_what_was_written_before_it_stays(self, told: Any) -> None:
        """The project has ATOMIC_REQUESTS: the account would be gone."""
        assert told["email_key"][1]["result"]["email"] == "ada@shop.test"
        assert told["email_verify"][0] == 200

    @pytest.mark.parametrize(
        "function", ["login", "logout", "password_change", "password_reset", "mfa_authenticate", "code_confirm"]
    )
    def test_a_change_of_user_is_a_change_of_everything(self, told: Any, function: str) -> None:
        assert (told[function][0], told[function][1]["invalidate"]) == (200, EVERYTHING)

    def test_a_login_is_that_of_the_session(self, told: Any) -> None:
        assert told["login_first"][1]["result"]["user"]["email"] == "ada@shop.test"
        assert told["obtain"][0] == 200
        assert told["login_first"][1]["result"]["session_token"] is None

    def test_logging_out_twice(self, told: Any) -> None:
        assert told["logout_again"] == [200, {"result": None, "invalidate": EVERYTHING}]

    def test_addresses(self, told: Any) -> None:
        assert [each["email"] for each in told["emails"]["auth.emails"]] == ["ada@shop.test", "other@shop.test"]
        assert told["email_add"][1]["invalidate"] == ["auth-emails"]
        assert [each["email"] for each in told["email_remove"][1]["result"]] == ["ada@shop.test"]

    def test_second_factors(self, told: Any) -> None:
        assert told["totp"][1]["result"]["authenticator"] is None
        assert told["totp_wrong"][0] == 422
        assert {each["type"] for each in told["authenticators"]["auth.authenticators"]} == {"totp", "recovery_codes"}
        assert len(told["recovery_codes"][1]["result"]["unused_codes"]) == 10

    def test_providers(self, told: Any) -> None:
        assert told["providers"] == {"auth.providers": []}
        assert told["provider_redirect"][1]["result"]["location"].startswith("/accounts/dummy/authenticate/")

    def test_who_is_nobody_reads_nothing(self, told: Any) -> None:
        assert told["stranger_reads"]["error"]["code"] == "UNAUTHORIZED"


class TestApplication:
    def test_tokens(self, app: Any) -> None:
        granted = app["login"][1]["result"]
        assert granted["session_token"]
        assert granted["expires_in"] == 300
        assert app["session"]["user"]["email"] == "bob@shop.test"
        assert (app["cookies"], app["over_http"][0]) == ([], 200)

    def test_the_access_token_is_a_mwt(self, app: Any) -> None:
        assert app["subject"] == str(app["session"]["user"]["id"])
        status, body = app["by_token"]
        assert (status, body["error"]["message"]) == (403, "A token cannot obtain another: log in to get one.")

    def test_logging_out_ends_the_session(self, app: Any) -> None:
        assert app["logout"][1]["invalidate"] == EVERYTHING
        assert app["gone"] is False


class TestSpecification:
    def test_every_request_is_one_of_it(self, browser: Any, document: Any) -> None:
        for exchange in browser["exchanges"]:
            operation = _operation(document, exchange)
            if exchange["body"] and exchange["content_type"] == "application/json":
                schema = _resolved(document, operation["requestBody"])["content"]["application/json"]["schema"]
                assert list(_problems(document, schema, json.loads(exchange["body"]))) == [], exchange

    def test_every_answer_is_one_of_it(self, browser: Any, document: Any) -> None:
        checked = 0
        for exchange in browser["exchanges"]:
            response = _operation(document, exchange)["responses"].get(str(exchange["status"]))
            if response is None or not exchange["answer"]:
                continue
            schema = _resolved(document, response).get("content", {}).get("application/json", {}).get("schema")
            if schema is not None:
                checked += 1
                answer = _without_never(json.loads(exchange["answer"]))
                assert list(_problems(document, schema, answer)) == [], exchange
        assert checked > 25

    def test_what_it_has_is_asked_for(self, browser: Any, document: Any) -> None:
        asked = {(_path(document, exchange["path"]), exchange["method"]) for exchange in browser["exchanges"]}
        offered = {(path, method) for path, item in document["paths"].items() for method in item}
        assert asked <= offered
        left = {path.partition("/v1/")[2] for path, _ in offered} - {path.partition("/v1/")[2] for path, _ in asked}
        known = {path for path in left if not re.search("webauthn|phone|tokens|trust|sessions|code/resend", path)}
        assert known == {"auth/provider/signup"}


def _operation(document: Any, exchange: Any) -> Any:
    return document["paths"][_path(document, exchange["path"])][exchange["method"]]


def _path(document: Any, path: str) -> str:
    """The template that the path is of."""
    [found] = [each for each in document["paths"] if each.partition("/v1/")[2] == path]
    return str(found)


def _resolved(document: Any, item: Any) -> Any:
    while "$ref" in item:
        found = document
        for part in item["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        item = found
    return item


def _without_never(value: Any) -> Any:
    """Of what has never been used allauth says null, and its document a number."""
    if isinstance(value, list):
        return [_without_never(item) for item in value]
    if isinstance(value, dict):
        known = {**value, "last_used_at": value["last_used_at"] or 0} if "last_used_at" in value else value
        return {name: _without_never(item) for name, item in known.items()}
    return value


def _problems(document: Any, schema: Any, value: Any) -> Iterator[str]:
    validator = OAS30Validator({**schema, "components": document["components"]})
    for error in validator.iter_errors(value):
        if "is valid under each of" in error.message:
            continue  # of alternatives that the document itself does not tell apart
        yield f"{list(error.path)}: {error.message}"
