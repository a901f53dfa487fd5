"""An error as clients get it, whatever carries it (protocol.md section 9)."""

from __future__ import annotations

from typing import Any

from pydantic_core import to_jsonable_python

from mizan_core.client import ErrorCase
from mizan_core.errors import APIError


def error_envelope(error: APIError) -> dict[str, Any]:
    """``{"code", "message", "details"}``, or with the ``data`` of a declared error; as plain JSON values."""
    envelope: dict[str, Any] = {"code": error.code, "message": str(error.message)}
    if error.details:
        envelope["details"] = to_jsonable_python(error.details, inf_nan_mode="strings", fallback=str)
    if isinstance(error, ErrorCase) and error.data is not None:
        envelope["data"] = error.data
    return envelope
