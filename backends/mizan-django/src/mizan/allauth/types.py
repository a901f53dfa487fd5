"""What the specification answers (``allauth/headless/spec/doc/openapi.yaml``), as far as functions hand it on."""

from __future__ import annotations

from typing import Any

from typing_extensions import NotRequired, TypedDict

from mizan_core.client import ErrorCase


class User(TypedDict, total=False):
    """Whoever is logged in; ``email`` and ``username`` where the project has them."""

    id: int | str
    display: str
    email: str
    username: str
    has_usable_password: bool


class ProviderRef(TypedDict, total=False):
    """A provider of accounts."""

    id: str
    name: str
    client_id: str
    flows: list[str]
    openid_configuration_url: str


class AuthFlow(TypedDict):
    """A way on: ``login``, ``verify_email``, ``mfa_authenticate``, ...; a stage that is pending waits for it."""

    id: str
    is_pending: NotRequired[bool]
    types: NotRequired[list[str]]
    providers: NotRequired[list[str]]
    provider: NotRequired[ProviderRef]


class AuthMethod(TypedDict, total=False):
    """How, and when (seconds since 1970), somebody has logged in."""

    method: str
    at: float
    email: str
    username: str
    id: int
    type: str
    reauthenticated: bool
    provider: str
    uid: str


class Authenticated(TypedDict):
    """A login that is complete. The tokens are there for clients that are no browsers."""

    user: User
    methods: list[AuthMethod]
    session_token: str | None
    access_token: str | None
    expires_in: int | None


class AuthSession(TypedDict):
    """Whoever asks: logged in, or with what can be done about it."""

    is_authenticated: bool
    user: User | None
    methods: list[AuthMethod]
    flows: list[AuthFlow]


class EmailAddress(TypedDict):
    email: str
    verified: bool
    primary: bool


class VerifiedEmail(TypedDict):
    """Whose address a key stands for."""

    email: str
    is_authenticating: bool
    user: User | None


class PhoneNumber(TypedDict):
    phone: str
    verified: bool


class UserSession(TypedDict):
    """Where somebody is logged in; times are seconds since 1970. ``last_seen_at`` where the project follows it."""

    id: int
    ip: str
    user_agent: str
    created_at: float
    is_current: bool
    last_seen_at: NotRequired[float]


class Authenticator(TypedDict, total=False):
    """A second factor. ``recovery_codes_generated`` is there for a new one."""

    type: str
    created_at: float
    last_used_at: float | None
    total_code_count: int
    unused_code_count: int
    unused_codes: list[str]
    id: int
    name: str
    is_passwordless: bool
    recovery_codes_generated: bool


class TOTPSetup(TypedDict):
    """What an application for codes is set up with."""

    secret: str
    totp_url: str


class TOTP(TypedDict):
    """The authenticator; or, where there is none, what to set one up with."""

    authenticator: Authenticator | None
    setup: TOTPSetup | None


class ProviderAccount(TypedDict, total=False):
    uid: str
    display: str
    provider: ProviderRef


class ProviderSignup(TypedDict):
    """What is known of an account that a provider does not know all of."""

    email: list[EmailAddress]
    account: ProviderAccount
    user: User


class Redirection(TypedDict):
    """Where the browser goes on."""

    location: str


class AuthConfig(TypedDict):
    """How the project has set up allauth; see the specification."""

    account: dict[str, Any]
    socialaccount: dict[str, Any] | None
    mfa: dict[str, Any] | None
    usersessions: dict[str, Any] | None


class AuthPending(ErrorCase, status=401, message="Another step is needed."):
    """What has been done is done, and something more is needed: a code, a verified address, the password again."""

    flows: list[AuthFlow]
    keeps_writes = True
