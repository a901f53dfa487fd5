"""Differences in who may call."""

from __future__ import annotations

from mizan_core.engine.pure.difference.changes import Changes, Class

_NEEDS = {
    None: "needs no login now",
    "required": "needs a login now",
    "staff": "is for staff now",
    "superuser": "is for superusers now",
    "custom": "is for whom the server chooses now",
}
"""From the mildest to what nobody can tell."""


def compare_access(before: str | None, after: str | None, changes: Changes) -> None:
    """Who may call: another one is a change."""
    if before == after:
        return
    strictness = list(_NEEDS)
    meaning: Class = "breaking" if strictness.index(after) > strictness.index(before) else "compatible"
    changes.changed("unknown" if "custom" in (before, after) else meaning, _NEEDS[after])
