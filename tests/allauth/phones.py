"""Somebody with a telephone, who is logged in at two places."""

from __future__ import annotations

from typing import Any

from tests.allauth.adapter import sent
from tests.allauth.site import Caller, code_of_last_mail

EMAIL, PASSWORD, FIRST, SECOND = "pat@shop.test", "correct horse 5", "+31612345678", "+31687654321"


def visit() -> dict[str, Any]:
    """What was answered."""
    pat = Caller()
    told: dict[str, Any] = {"signup": pat.call("signup", email=EMAIL, phone=FIRST, password=PASSWORD)}
    told["phone_resend"] = pat.call("phone_resend")
    told["wrong"] = pat.call("phone_verify", code="wrong")
    told["first_verified"] = pat.call("phone_verify", code=sent[-1])
    told["email_resend"] = pat.call("email_resend")
    told["verified"] = pat.call("email_verify", key=code_of_last_mail())
    told["phones"] = pat.fetch("auth-phone")
    told["phone_change"] = pat.call("phone_change", phone=SECOND)
    told["phone_verify"] = pat.call("phone_verify", code=sent[-1])
    told["changed"] = pat.fetch("auth-phone")
    told["not_pending"] = pat.call("phone_verify", code=sent[-1])
    pat.call("logout")
    told["login"] = pat.call("login", phone=SECOND, password=PASSWORD)
    pat.call("logout")
    told["code_request"] = pat.call("code_request", phone=SECOND)
    told["code_resend"] = pat.call("code_resend")
    told["code_confirm"] = pat.call("code_confirm", code=sent[-1])

    elsewhere = Caller()
    elsewhere.call("login", phone=SECOND, password=PASSWORD)
    told["sessions"] = pat.fetch("auth-sessions")["auth.sessions"]
    other, own = _ids(told["sessions"], is_current=False), _ids(told["sessions"], is_current=True)
    told["sessions_end"] = pat.call("sessions_end", ids=other)
    told["ended"] = elsewhere.fetch("auth")["auth.session"]["is_authenticated"]
    told["own_end"] = pat.call("sessions_end", ids=own)
    told["gone"] = pat.fetch("auth")["auth.session"]["is_authenticated"]
    return told


def _ids(sessions: Any, *, is_current: bool) -> list[int]:
    return [each["id"] for each in sessions if each["is_current"] is is_current]
