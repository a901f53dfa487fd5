"""Who may call, and whom a function sees."""

from __future__ import annotations

from typing import Any

from mizan_core.errors import Conflict
from tests.conformance.functions.serving import both, pair


def described(user: Any) -> str:
    """``<id> staff superuser`` with the flags that are set; ``anonymous``."""
    if user is None or not user.is_authenticated:
        return "anonymous"
    identity = user.pk if hasattr(user, "pk") else user.id
    return " ".join([str(identity), *["staff"] * bool(user.is_staff), *["superuser"] * bool(user.is_superuser)])


def user_of(request: Any) -> Any:
    """``request.user`` in Django, ``request.state.user`` in FastAPI; of a token its claims, without a row."""
    return _token_of(request) or (request.user if hasattr(request, "META") else getattr(request.state, "user", None))


async def _user_of(request: Any) -> Any:
    return _token_of(request) or (await request.auser() if hasattr(request, "META") else user_of(request))


def _token_of(request: Any) -> Any:
    """What ``mwt_obtain`` looks at: Django's own user would be loaded."""
    return getattr(request, "_mizan_token", None)


def whoami(request: Any) -> str:
    return described(user_of(request))


async def _whoami(request: Any) -> str:
    return described(await _user_of(request))


pair(whoami, _whoami)


def whoami_member(request: Any) -> str:
    return described(user_of(request))


async def _whoami_member(request: Any) -> str:
    return described(await _user_of(request))


pair(whoami_member, _whoami_member, auth=True)


def whoami_context(request: Any) -> str:
    return described(user_of(request))


async def _whoami_context(request: Any) -> str:
    return described(await _user_of(request))


pair(whoami_context, _whoami_context, context="me", auth=True)


@both()
def for_anyone(request: Any, number: int) -> int:
    return number


@both(auth=True)
def for_users(request: Any, number: int) -> int:
    return number


@both(auth="staff")
def for_staff_only(request: Any, number: int) -> int:
    return number


@both(auth="superuser")
def for_superusers(request: Any, number: int) -> int:
    return number


def _always(request: Any) -> bool:
    return True


def _never(request: Any) -> bool:
    return False


def _truthy(request: Any) -> Any:
    return 1


def _nothing(request: Any) -> Any:
    return None


def _knocks(request: Any) -> bool:
    return bool(request.headers.get("X-Knock") == "three times")


def _is_4711(request: Any) -> bool:
    return described(user_of(request)) == "4711 staff"


def _busy(request: Any) -> bool:
    raise Conflict("The gate is busy.")


def _collapses(request: Any) -> bool:
    raise RuntimeError("the gate collapsed")


@both(auth=_always)
def gate_always(request: Any, number: int) -> int:
    return number


@both(auth=_never)
def gate_never(request: Any, number: int) -> int:
    return number


@both(auth=_truthy)
def gate_truthy(request: Any, number: int) -> int:
    return number


@both(auth=_nothing)
def gate_nothing(request: Any, number: int) -> int:
    return number


@both(auth=_knocks)
def gate_knocks(request: Any, number: int) -> int:
    return number


@both(context="gated", auth=_knocks)
def for_knockers(request: Any) -> str:
    return "come in"


@both(auth=_busy)
def gate_busy(request: Any, number: int) -> int:
    return number


@both(auth=_collapses)
def gate_collapses(request: Any, number: int) -> int:
    return number


@both(auth=_is_4711)
def gate_for_4711(request: Any, number: int) -> int:
    return number
