"""Functions after which whoever has called is somebody else."""

from __future__ import annotations

from typing import Any

from mizan_core.errors import Conflict
from tests.conformance.functions.serving import both


@both(resets=True, affects="user")
def become(request: Any, name: str) -> str:
    if name == "nobody":
        raise Conflict
    return name


@both(resets=True)
def become_nobody(request: Any) -> None:
    return None
