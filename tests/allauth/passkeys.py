"""Somebody who has a passkey and no password; then a key as a second factor, and a browser that is trusted."""

from __future__ import annotations

from typing import Any

from django.test import override_settings

from tests.allauth.passkey import Passkey
from tests.allauth.site import Caller, code_of_last_mail

EMAIL, PASSWORD = "eve@shop.test", "correct horse 5"


def visit() -> dict[str, Any]:
    """What was answered."""
    eve, passkey, key = Caller(), Passkey("testserver"), Passkey("testserver")
    told: dict[str, Any] = {"webauthn_signup": eve.call("webauthn_signup", email=EMAIL)}
    told["too_early"] = eve.call("webauthn_signup_options")
    told["verified"] = eve.call("email_verify", key=code_of_last_mail())
    made = passkey.create(eve.result("webauthn_signup_options"))
    told["webauthn_signup_complete"] = eve.call("webauthn_signup_complete", credential=made, name="Telephone")
    eve.call("logout")

    told["stranger"] = eve.call("webauthn_login", credential=key.get(eve.result("webauthn_login_options")))
    told["webauthn_login"] = eve.call("webauthn_login", credential=passkey.get(eve.result("webauthn_login_options")))
    told["user"] = eve.fetch("auth")["auth.session"]["user"]
    again = passkey.get(eve.result("webauthn_reauthenticate_options"))
    told["webauthn_reauthenticate"] = eve.call("webauthn_reauthenticate", credential=again)
    told["passwordless"] = eve.result("webauthn_add_options", passwordless=True)
    made = key.create(eve.result("webauthn_add_options"))
    told["webauthn_add"] = eve.call("webauthn_add", credential=made)
    told["webauthn_rename"] = eve.call(
        "webauthn_rename", key_id=told["webauthn_add"][1]["result"]["id"], name="Key ring"
    )
    told["authenticators"] = eve.fetch("auth-mfa")
    eve.call("password_change", new_password=PASSWORD)
    eve.call("logout")

    told["password_alone"] = eve.call("login", email=EMAIL, password=PASSWORD)
    second = key.get(eve.result("webauthn_authenticate_options"))
    told["webauthn_authenticate"] = eve.call("webauthn_authenticate", credential=second)
    told["cookies"] = sorted(eve.http.cookies)
    told["mfa_trust"] = eve.call("mfa_trust", trust=True)
    told["cookies_since"] = sorted(eve.http.cookies)
    eve.call("logout")
    told["trusted"] = eve.call("login", email=EMAIL, password=PASSWORD)
    told["elsewhere"] = Caller().call("login", email=EMAIL, password=PASSWORD)
    ids = [each["id"] for each in told["authenticators"]["auth.authenticators"] if each["type"] == "webauthn"]
    with override_settings(ACCOUNT_REAUTHENTICATION_TIMEOUT=0):
        told["asked_again"] = eve.call("webauthn_add_options")
    eve.call("reauthenticate", password=PASSWORD)
    told["webauthn_remove"] = eve.call("webauthn_remove", ids=ids)
    told["left"] = eve.fetch("auth-mfa")
    return told
