"""What a call entails after which whoever has called is somebody else: clients forget all that they keep."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

EVERYTHING = "*"
"""The entry that stands for all there is (protocol.md section 6)."""


class ResettingPlan:
    """A plan that says so, and nothing else: what else has become stale is forgotten with the rest."""

    def finish(
        self,
        result_json: bytes,
        nested: Sequence[Any] = (),  # noqa: ARG002 - see the class
        refresh_json: bytes | None = None,  # noqa: ARG002 - it would be of who has called before
    ) -> tuple[bytes, str]:
        """As ``CallPlan.finish``."""
        return b'{"result":' + result_json + b',"invalidate":["*"]}', EVERYTHING
