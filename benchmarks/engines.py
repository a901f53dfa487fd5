"""Both engines in one process, whichever of them the core has picked."""

from __future__ import annotations

from typing import cast

import mizan_native
from mizan_core.engine import Engine, pure

NATIVE = cast(Engine, mizan_native)
PURE = cast(Engine, pure)
