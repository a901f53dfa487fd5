"""Functions that fail, each in its way."""

from __future__ import annotations

from typing import Any

from mizan_core import errors
from tests.conformance.functions.serving import both

CAUSE = "the-cause-41c9"
"""The message of every unforeseen exception here."""

_NEEDS_MORE = (errors.APIError, errors.HTTPError, errors.MethodNotAllowed)
ERRORS: dict[str, type[errors.APIError]] = {
    kind.code: kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, errors.APIError) and kind not in _NEEDS_MORE
}
"""By code: what a function may raise with nothing but a message."""


@both()
def fail_with(request: Any, code: str, message: str | None = None) -> None:
    raise ERRORS[code](message)


@both()
def fail_with_details(request: Any, code: str) -> None:
    raise ERRORS[code]("With details.", details={"name": ["Taken."], "count": 3})


class OutOfStock(errors.APIError):
    code = "OUT_OF_STOCK"
    status = 409
    default_message = "There is none left."


class SoldOut(OutOfStock):
    """It is told apart by its code alone."""

    code = "SOLD_OUT"

    def __init__(self, until: str) -> None:
        super().__init__("Sold out.", details={"until": until}, headers={"Retry-After": "60", "X-Own": "é"})


class Lazy:
    """A text that is made when it is read, as Django's translations are."""

    def __str__(self) -> str:
        return "Read late."


@both()
def fail_with_own_error(request: Any) -> None:
    raise OutOfStock


@both()
def fail_with_own_subclass(request: Any) -> None:
    raise SoldOut("Monday")


@both()
def fail_with_lazy_text(request: Any) -> None:
    raise errors.Conflict(Lazy(), details={"why": Lazy()})  # type: ignore[arg-type]  # what a translation looks like


@both()
def fail_with_headers(request: Any, headers: dict[str, str]) -> None:
    raise errors.Conflict("With headers.", headers=headers)


@both(context="failing")
def fail_in_bundle(request: Any) -> int:
    raise RuntimeError(CAUSE)


@both(context="failing")
def well_in_bundle(request: Any) -> int:
    return 1


@both()
def fail_unforeseen(request: Any, text: str) -> None:
    raise RuntimeError(CAUSE)


@both()
def fail_chained(request: Any, text: str) -> None:
    try:
        fail_inside()
    except KeyError as error:
        raise RuntimeError(CAUSE) from error


def fail_inside() -> None:
    raise KeyError("inside")


@both()
def fail_stop_iteration(request: Any) -> None:
    raise StopIteration(CAUSE)


@both()
def fail_stop_async_iteration(request: Any) -> None:
    raise StopAsyncIteration(CAUSE)


@both()
def fail_timeout(request: Any) -> None:
    raise TimeoutError(CAUSE)


@both()
def fail_assertion(request: Any) -> None:
    raise AssertionError(CAUSE)


@both()
def fail_recursion(request: Any) -> None:
    fail_recursion_deeper(0)


def fail_recursion_deeper(depth: int) -> int:
    return fail_recursion_deeper(depth + 1) + 1


@both()
def fail_surrogate(request: Any) -> None:
    raise errors.Conflict("lone \ud800 surrogate")


@both()
def fail_value_error(request: Any) -> None:
    raise ValueError(CAUSE)


@both()
def fail_type_error(request: Any) -> None:
    raise TypeError(CAUSE)


@both(context="unforeseen")
def fail_in_context(request: Any) -> int:
    raise RuntimeError(CAUSE)
