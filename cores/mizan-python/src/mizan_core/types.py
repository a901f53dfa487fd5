"""Values that cross the border between the core and an engine."""

from __future__ import annotations

from typing import NamedTuple


class MWTClaims(NamedTuple):
    """The verified claims of a Mizan Web Token (protocol.md section 4). Times are seconds since the epoch."""

    sub: str
    """User id, never empty."""
    pkey: str
    """Permission key, see ``compute_permission_key``."""
    iat: int
    nbf: int
    exp: int
    staff: bool
    superuser: bool
    """The claim ``super``."""
    aud: str | None
