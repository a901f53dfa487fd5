"""A browser's way through the functions."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import struct
import time
from typing import Any

from tests.allauth.site import Caller, code_of_last_mail, key_of_last_mail

EMAIL, PASSWORD, OTHER = "ada@shop.test", "correct horse 5", "battery staple 7"


def code_of(secret: str, steps: int = 0) -> str:
    """RFC 6238."""
    counter = struct.pack(">Q", int(time.time()) // 30 + steps)
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


def visit() -> dict[str, Any]:
    """What was answered."""
    ada = Caller()
    told: dict[str, Any] = {"nobody": ada.fetch("auth")["auth.session"], "config": ada.fetch("auth-config")}
    told["refused"] = ada.call("login", email=EMAIL, password="x")
    told["emails_of_nobody"] = ada.call("email_add", email="a@shop.test")
    told["signup"] = ada.call("signup", email=EMAIL, password=PASSWORD)
    told["signup_wrong"] = Caller().call("signup", email="ada", password="a")
    key = code_of_last_mail()
    told["email_key"] = ada.call("email_key", key=key)
    told["resend"] = ada.call("email_resend")
    told["email_verify_wrong"] = ada.call("email_verify", key="x")
    told["email_verify"] = ada.call("email_verify", key=code_of_last_mail())
    told["somebody"] = ada.fetch("auth")["auth.session"]
    told["login_twice"] = ada.call("login", email=EMAIL, password=PASSWORD)
    told["obtain"] = ada.obtain()
    told["email_add"] = ada.call("email_add", email="other@shop.test")
    told["emails"] = ada.fetch("auth-emails")
    told["email_request"] = ada.call("email_request", email="other@shop.test")
    told["email_make_primary"] = ada.call("email_make_primary", email="other@shop.test")
    told["email_remove"] = ada.call("email_remove", email="other@shop.test")
    told["logout"] = ada.call("logout")
    told["logout_again"] = ada.call("logout")

    told["password_request"] = ada.call("password_request", email=EMAIL)
    key = key_of_last_mail()
    told["password_key"] = ada.call("password_key", key=key)
    told["password_key_wrong"] = ada.call("password_key", key="x")
    told["password_reset"] = ada.call("password_reset", key=key, password=OTHER)
    told["login"] = ada.call("login", email=EMAIL, password=OTHER)
    told["password_change"] = ada.call("password_change", current_password=OTHER, new_password=PASSWORD)
    told["reauthenticate"] = ada.call("reauthenticate", password=PASSWORD)

    told["totp"] = ada.call("totp")
    secret = told["totp"][1]["result"]["setup"]["secret"]
    told["totp_wrong"] = ada.call("totp_activate", code="000000")
    told["totp_activate"] = ada.call("totp_activate", code=code_of(secret))
    told["authenticators"] = ada.fetch("auth-mfa")
    told["recovery_codes"] = ada.call("recovery_codes")
    told["recovery_codes_generate"] = ada.call("recovery_codes_generate")
    recovery = ada.call("recovery_codes")[1]["result"]["unused_codes"]
    told["logout_with_factor"] = ada.call("logout")
    told["login_with_factor"] = ada.call("login", email=EMAIL, password=PASSWORD)
    told["mfa_wrong"] = ada.call("mfa_authenticate", code="000000")
    told["mfa_authenticate"] = ada.call("mfa_authenticate", code=recovery[0])
    told["mfa_trust"] = ada.call("mfa_trust", trust=False)
    told["mfa_reauthenticate"] = ada.call("mfa_reauthenticate", code=recovery[1])
    told["totp_deactivate"] = ada.call("totp_deactivate")
    told["logout_last"] = ada.call("logout")

    told["code_request"] = ada.call("code_request", email=EMAIL)
    told["code_confirm"] = ada.call("code_confirm", code=code_of_last_mail())
    told["providers"] = ada.fetch("auth-providers")
    told["provider_disconnect"] = ada.call("provider_disconnect", provider="dummy", account="5")
    told["provider_redirect"] = Caller().call("provider_redirect", provider="dummy", callback_url="/back/")
    new = Caller()
    told["provider_token_wrong"] = new.call(
        "provider_token", provider="dummy", token={"client_id": "x", "id_token": "y"}
    )
    token = {"client_id": "x", "id_token": json.dumps({"id": 7, "first_name": "Zoe"})}
    told["provider_token"] = new.call("provider_token", provider="dummy", token=token)
    told["provider_signup_info"] = new.call("provider_signup_info")
    told["provider_signup"] = new.call("provider_signup", email="zoe@shop.test")
    told["stranger_reads"] = Caller().fetch("auth-emails")
    return told
