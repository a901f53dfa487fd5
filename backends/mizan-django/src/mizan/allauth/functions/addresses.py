"""Addresses of email, and telephone numbers."""

from __future__ import annotations

from django.http import HttpRequest

from mizan.allauth.answers import NOBODY, PENDING, RESETS, changing, listed, perhaps_authenticated, reading
from mizan.allauth.asking import ask
from mizan.allauth.types import Authenticated, EmailAddress, PhoneNumber, VerifiedEmail
from mizan.client import client


@client(**PENDING)
def email_key(request: HttpRequest, key: str) -> VerifiedEmail:
    """Whose address a key that was sent stands for."""
    said = ask(request, "GET", "auth/email/verify", HTTP_X_EMAIL_VERIFICATION_KEY=key)
    return {
        "email": said.data["email"],
        "user": said.data.get("user"),
        "is_authenticating": bool(said.meta.get("is_authenticating")),
    }


@client(**RESETS)
def email_verify(request: HttpRequest, key: str) -> Authenticated | None:
    """Confirm an address with the key that was sent; gives who is logged in then, if anybody is."""
    return perhaps_authenticated(ask(request, "POST", "auth/email/verify", {"key": key}, NOBODY))


@client(**PENDING)
def email_resend(request: HttpRequest) -> None:
    """Have the key of a pending verification sent once more."""
    ask(request, "POST", "auth/email/verify/resend")


@client(**reading("auth-emails"))
def emails(request: HttpRequest) -> list[EmailAddress]:
    """The user's addresses."""
    return listed(ask(request, "GET", "account/email"))


@client(**PENDING)
def email_request(request: HttpRequest, email: str) -> None:
    """Have the key for an address of the user's that is not verified sent once more."""
    ask(request, "PUT", "account/email", {"email": email})


@client(**changing("auth-emails"))
def email_add(request: HttpRequest, email: str) -> list[EmailAddress]:
    """Add an address, which then has to be verified."""
    return listed(ask(request, "POST", "account/email", {"email": email}))


@client(**changing("auth-emails"))
def email_make_primary(request: HttpRequest, email: str) -> list[EmailAddress]:
    """Make a verified address the primary one."""
    return listed(ask(request, "PATCH", "account/email", {"email": email, "primary": True}))


@client(**changing("auth-emails"))
def email_remove(request: HttpRequest, email: str) -> list[EmailAddress]:
    """Remove an address."""
    return listed(ask(request, "DELETE", "account/email", {"email": email}))


@client(**reading("auth-phone"))
def phones(request: HttpRequest) -> list[PhoneNumber]:
    """The user's telephone number, if there is one."""
    return listed(ask(request, "GET", "account/phone"))


@client(**changing("auth-phone"))
def phone_change(request: HttpRequest, phone: str) -> list[PhoneNumber]:
    """Have a code sent to another number, which takes the place of the user's once ``phone_verify`` has it."""
    return listed(ask(request, "POST", "account/phone", {"phone": phone}))


@client(**RESETS)
def phone_verify(request: HttpRequest, code: str) -> Authenticated | None:
    """Confirm a number with the code that was sent; gives who is logged in then, if anybody is."""
    return perhaps_authenticated(ask(request, "POST", "auth/phone/verify", {"code": code}, NOBODY))


@client(**PENDING)
def phone_resend(request: HttpRequest) -> None:
    """Have the code of a pending verification sent once more."""
    ask(request, "POST", "auth/phone/verify/resend")
