"""An application's way through the functions, without cookies: session tokens, and access tokens that are MWTs."""

from __future__ import annotations

from typing import Any

from mizan_core.engine import ENGINE
from tests.allauth.site import SECRET, Caller, code_of_last_mail

EMAIL, PASSWORD = "bob@shop.test", "correct horse 5"


def visit() -> dict[str, Any]:
    """What was answered."""
    first = Caller()
    first.call("signup", email=EMAIL, password=PASSWORD)
    first.call("email_verify", key=code_of_last_mail())
    app = Caller()
    app.headers = {"X-Session-Token": ""}
    told: dict[str, Any] = {"login": app.call("login", email=EMAIL, password=PASSWORD)}
    granted = told["login"][1]["result"]
    app.headers = {"X-Session-Token": granted["session_token"]}
    told["session"] = app.fetch("auth")["auth.session"]
    told["cookies"] = sorted(app.http.cookies)
    told["over_http"] = app.spec("GET", "auth/session")
    claims = ENGINE.decode_mwt(granted["access_token"], secret=SECRET)
    told["subject"] = claims.sub
    by_token = Caller()
    by_token.headers = {"X-Mizan-Token": granted["access_token"]}
    told["by_token"] = by_token.obtain()
    told["logout"] = app.call("logout")
    told["gone"] = app.fetch("auth")["auth.session"]["is_authenticated"]
    return told
