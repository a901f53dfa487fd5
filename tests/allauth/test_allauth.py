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
METHODS = {"get", "post", "put", "patch", "delete"}
LEFT_OUT = {
    # Of other strategies: a MWT is had from `mwt_obtain` as long as the session lasts.
    ("tokens/refresh", "post"),
}
"""What of the specification no function asks for."""
ERRATA = {
    ("auth/webauthn/signup", "['data']: 'request_options' is a required property"),
    ("auth/session", "['meta', 'is_authenticated']: None for not nullable"),
    ("auth/session", "['meta', 'is_authenticated']: None is not of type 'boolean'"),
}
"""Where allauth answers something else than its document says: options of creation; null after the end of a session."""
UNDOCUMENTED = {"mfa_login_webauthn", "mfa_signup_webauthn", "mfa_trust", "phone"}
"""Words that allauth says, and its document does not."""


@pytest.fixture(scope="module")
def visits() -> Any:
    """What everybody was answered, and what the specification was asked."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.allauth"], cwd=ROOT, capture_output=True, text=True, timeout=250, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def exchanges(visits: Any) -> Any:
    return visits["exchanges"]


@pytest.fixture(scope="module")
def told(visits: Any) -> Any:
    return visits["browser"]


@pytest.fixture(scope="module")
def app(visits: Any) -> Any:
    return visits["app"]


@pytest.fixture(scope="module")
def eve(visits: Any) -> Any:
    return visits["passkeys"]


@pytest.fixture(scope="module")
def pat(visits: Any) -> Any:
    return visits["phones"]


@pytest.fixture(scope="module")
def document() -> Any:
    spec = find_spec("allauth.headless.spec")
    assert spec is not None
    assert spec.origin is not None
    return yaml.load((Path(spec.origin).parent / "doc" / "openapi.yaml").read_text("utf-8"), yaml.CSafeLoader)


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
        ("function", "stage"),
        [
            ("signup", "verify_email"),
            ("login_with_factor", "mfa_authenticate"),
            ("mfa_authenticate", "mfa_trust"),
            ("provider_token", "provider_signup"),
        ],
    )
    def test_a_pending_stage_is_a_declared_error(self, told: Any, function: str, stage: str) -> None:
        assert _stage(told[function]) == stage

    def test_what_was_written_before_it_stays(self, told: Any) -> None:
        """The project has ATOMIC_REQUESTS: the account would be gone."""
        assert told["email_key"][1]["result"]["email"] == "ada@shop.test"
        assert told["email_verify"][0] == 200

    @pytest.mark.parametrize(
        "function", ["login", "logout", "password_change", "password_reset", "mfa_trust", "code_confirm"]
    )
    def test_a_change_of_user_is_a_change_of_everything(self, told: Any, function: str) -> None:
        assert (told[function][0], told[function][1]["invalidate"]) == (200, EVERYTHING)

    def test_a_login_is_that_of_the_session(self, told: Any) -> None:
        assert told["login"][1]["result"]["user"]["email"] == "ada@shop.test"
        assert told["login"][1]["result"]["session_token"] is None
        assert (told["obtain"][0], told["login_twice"][1]["error"]["code"]) == (200, "CONFLICT")

    def test_logging_out_twice(self, told: Any) -> None:
        assert told["logout_again"] == [200, {"result": None, "invalidate": EVERYTHING}]

    def test_addresses(self, told: Any) -> None:
        assert [each["email"] for each in told["emails"]["auth.emails"]] == ["ada@shop.test", "other@shop.test"]
        assert told["email_add"][1]["invalidate"] == ["auth-emails"]
        assert [each["email"] for each in told["email_remove"][1]["result"]] == ["ada@shop.test"]

    def test_a_key_says_whose_password_it_is_for(self, told: Any) -> None:
        assert told["password_key"][1]["result"]["email"] == "ada@shop.test"
        assert list(told["password_key_wrong"][1]["error"]["details"]) == ["key"]

    def test_second_factors(self, told: Any) -> None:
        assert told["totp"][1]["result"]["authenticator"] is None
        assert told["totp_wrong"][0] == 422
        assert {each["type"] for each in told["authenticators"]["auth.authenticators"]} == {"totp", "recovery_codes"}
        assert len(told["recovery_codes"][1]["result"]["unused_codes"]) == 10

    def test_providers(self, told: Any) -> None:
        assert told["providers"] == {"auth.providers": []}
        assert told["provider_redirect"][1]["result"]["location"].startswith("/accounts/dummy/authenticate/")
        assert told["provider_token_wrong"][0] == 422
        assert told["provider_signup_info"][1]["result"]["account"]["uid"] == "7"
        assert _stage(told["provider_signup"]) == "verify_email"

    def test_who_is_nobody_reads_nothing(self, told: Any) -> None:
        assert told["stranger_reads"]["error"]["code"] == "UNAUTHORIZED"


class TestPasskeys:
    def test_a_signup_ends_with_one(self, eve: Any) -> None:
        assert (_stage(eve["webauthn_signup"]), _stage(eve["verified"])) == ("verify_email", "mfa_signup_webauthn")
        assert (eve["too_early"][0], eve["too_early"][1]["error"]["code"]) == (409, "CONFLICT")
        assert eve["webauthn_signup_complete"][1]["invalidate"] == EVERYTHING

    def test_it_logs_in(self, eve: Any) -> None:
        assert eve["webauthn_login"][1]["invalidate"] == EVERYTHING
        assert eve["user"]["email"] == "eve@shop.test"
        assert eve["webauthn_reauthenticate"][0] == 200

    def test_nobody_logs_in_with_a_key_that_is_unknown(self, eve: Any) -> None:
        assert (eve["stranger"][0], list(eve["stranger"][1]["error"]["details"])) == (422, ["credential"])

    def test_one_that_is_to_be_alone_has_to_see_its_user(self, eve: Any) -> None:
        assert eve["passwordless"]["publicKey"]["authenticatorSelection"]["userVerification"] == "required"

    def test_keys_are_listed_renamed_and_removed(self, eve: Any) -> None:
        assert eve["webauthn_add"][1]["result"]["recovery_codes_generated"] is True
        assert (eve["webauthn_add"][1]["invalidate"], eve["webauthn_rename"][0]) == (["auth-mfa"], 200)
        keys = [each for each in eve["authenticators"]["auth.authenticators"] if each["type"] == "webauthn"]
        assert {each["name"] for each in keys} == {"Telephone", "Key ring"}
        assert eve["webauthn_remove"][0] == 200
        assert eve["left"]["auth.authenticators"] == []

    def test_who_has_logged_in_long_ago_is_asked_again(self, eve: Any) -> None:
        flows = eve["asked_again"][1]["error"]["data"]["flows"]
        assert (eve["asked_again"][0], [flow["id"] for flow in flows]) == (
            401,
            ["reauthenticate", "mfa_reauthenticate"],
        )

    def test_one_is_a_second_factor(self, eve: Any) -> None:
        assert _stage(eve["password_alone"]) == "mfa_authenticate"
        assert _stage(eve["webauthn_authenticate"]) == "mfa_trust"

    def test_a_browser_that_is_trusted_is_not_asked_again(self, eve: Any) -> None:
        """The answer sets the cookie that the specification's does."""
        assert set(eve["cookies_since"]) - set(eve["cookies"]) == {"mfa_trusted"}
        assert eve["mfa_trust"][1]["invalidate"] == EVERYTHING
        assert eve["trusted"][1]["invalidate"] == EVERYTHING
        assert _stage(eve["elsewhere"]) == "mfa_authenticate"


class TestTelephones:
    def test_a_number_is_verified_by_a_code(self, pat: Any) -> None:
        assert _stage(pat["signup"]) == "verify_phone"
        assert (pat["phone_resend"][0], pat["wrong"][0]) == (200, 422)
        assert _stage(pat["first_verified"]) == "verify_email"
        assert pat["phones"] == {"auth.phones": [{"phone": "+31612345678", "verified": True}]}

    def test_another_one_counts_when_it_is_verified(self, pat: Any) -> None:
        assert pat["phone_change"][1]["result"] == [{"phone": "+31687654321", "verified": False}]
        assert pat["phone_change"][1]["invalidate"] == ["auth-phone"]
        assert pat["phone_verify"][1]["invalidate"] == EVERYTHING
        assert pat["changed"]["auth.phones"] == [{"phone": "+31687654321", "verified": True}]
        assert pat["not_pending"][0] == 409

    def test_one_logs_in_by_it(self, pat: Any) -> None:
        assert [pat[name][0] for name in ("login", "code_request", "code_resend", "code_confirm")] == [200] * 4
        assert pat["code_confirm"][1]["invalidate"] == EVERYTHING


class TestSessions:
    def test_another_one_is_ended(self, pat: Any) -> None:
        assert sorted(each["is_current"] for each in pat["sessions"]) == [False, True]
        assert [each["is_current"] for each in pat["sessions_end"][1]["result"]] == [True]
        assert pat["ended"] is False

    def test_the_end_of_ones_own_is_a_logout(self, pat: Any) -> None:
        assert pat["own_end"] == [200, {"result": [], "invalidate": EVERYTHING}]
        assert pat["gone"] is False


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
    def test_every_request_is_one_of_it(self, exchanges: Any, document: Any) -> None:
        for exchange in exchanges:
            operation = _operation(document, exchange)
            if exchange["body"] and exchange["content_type"] == "application/json":
                schema = _resolved(document, operation["requestBody"])["content"]["application/json"]["schema"]
                assert list(_problems(document, schema, json.loads(exchange["body"]))) == [], exchange

    def test_every_answer_is_one_of_it(self, exchanges: Any, document: Any) -> None:
        checked = 0
        for exchange in exchanges:
            response = _operation(document, exchange)["responses"].get(str(exchange["status"]))
            if response is None or not exchange["answer"]:
                continue
            schema = _resolved(document, response).get("content", {}).get("application/json", {}).get("schema")
            if schema is not None:
                checked += 1
                answer = _as_documented(json.loads(exchange["answer"]))
                problems = {(exchange["path"], problem) for problem in _problems(document, schema, answer)}
                assert problems <= ERRATA, exchange
        assert checked > 90

    def test_what_it_has_is_asked_for(self, exchanges: Any, document: Any) -> None:
        """A later version of allauth shows here what is missing."""
        offered = {
            (path.partition("/v1/")[2], method)
            for path, item in document["paths"].items()
            for method in item
            if method in METHODS
        }
        asked = {(exchange["path"], exchange["method"]) for exchange in exchanges}
        assert (asked - offered, offered - asked) == (set(), LEFT_OUT)


def test_the_page_names_every_function_and_no_other(visits: Any) -> None:
    page = (ROOT / "docs" / "allauth.md").read_text("utf-8")
    served = {name for name in visits["functions"] if name.startswith("auth.")}
    assert set(re.findall(r"`(auth\.\w+)`", page)) == served
    called = {f"callAuth{name.removeprefix('auth.').title().replace('_', '')}" for name in served}
    assert set(re.findall(r"\bcallAuth\w+", page)) <= called


def _stage(answer: Any) -> str:
    """What a call waits for."""
    status, body = answer
    assert (status, body["error"]["code"], "invalidate" in body) == (401, "AUTH_PENDING", False)
    [pending] = [flow["id"] for flow in body["error"]["data"]["flows"] if flow.get("is_pending")]
    return str(pending)


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


def _as_documented(value: Any) -> Any:
    """Of what has never been used allauth says null, and its document a number."""
    if isinstance(value, list):
        return [_as_documented(item) for item in value]
    if isinstance(value, dict):
        known = {**value, "last_used_at": value["last_used_at"] or 0} if "last_used_at" in value else value
        return {name: _as_documented(item) for name, item in known.items()}
    return value


def _problems(document: Any, schema: Any, value: Any) -> Iterator[str]:
    validator = OAS30Validator({**schema, "components": document["components"]})
    for error in validator.iter_errors(value):
        if "is valid under each of" in error.message:
            continue  # of alternatives that the document itself does not tell apart
        if error.validator == "enum" and error.instance in UNDOCUMENTED:
            continue
        yield f"{list(error.path)}: {error.message}"
