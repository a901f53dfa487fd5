"""What the peers say about stale data: that the user's context is to be fetched again (protocol.md section 6)."""

from __future__ import annotations

from typing import Any

HEADER = "X-Mizan-Invalidate"
NO_STORE = {"Cache-Control": "no-store"}


def stale_user(user_id: int) -> list[dict[str, Any]]:
    return [{"context": "user", "params": {"user_id": user_id}}]


def headers(user_id: int) -> dict[str, str]:
    return {HEADER: f"user;user_id={user_id}", **NO_STORE}
