"""What becomes of an exception where there is no response for a handler of the framework's to make."""

from __future__ import annotations

from typing import Any

from mizan_core.call.envelope import error_envelope
from mizan_core.call.outcome import Refused
from mizan_core.call.port import Handling
from mizan_core.engine import ENGINE
from mizan_core.errors import APIError, HTTPError, InternalError


async def tell(port: Handling, outcome: Refused) -> APIError:
    """The error that a client is told of. Whoever runs the server has been told before of what nobody has foreseen.

    The application's own handlers of exceptions see what they would see of a request; of what they answer only the
    status counts, and only where nobody else knows what the exception means.
    """
    error, cause, progress, failure = outcome
    if progress.has_begun or cause is not error:
        try:
            handled = await port.handled(cause)
        except Exception as another:  # noqa: BLE001 - whatever a handler raises
            await port.report(progress.failure(another, "the exception handler"))
            return InternalError()
        if handled is not None and handled.is_expected and failure is not None:
            return _error_of(handled.response.status_code)
    if failure is not None:
        await port.report(failure)
    return error


async def told_envelope(port: Handling, outcome: Refused) -> dict[str, Any]:
    """The envelope of what ``tell`` gives; that of an internal error where it cannot be written, which is reported."""
    error = await tell(port, outcome)
    try:
        envelope = error_envelope(error)
        ENGINE.canonical_json(envelope)
    except (TypeError, ValueError) as another:
        await port.report(outcome.progress.failure(another, f"the error {error.code} cannot be written"))
        return error_envelope(InternalError())
    return envelope


def _error_of(status: int) -> APIError:
    return HTTPError(status) if HTTPError.has(status) else InternalError()
