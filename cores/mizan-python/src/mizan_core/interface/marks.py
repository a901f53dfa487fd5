"""What answers say of who gives them and who gets them, and nobody can read: ``X-Mizan-Interface`` and ``-Viewer``."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from mizan_core.client import ClientFunction
from mizan_core.engine import ENGINE
from mizan_core.engine.contract import Secret
from mizan_core.errors import GraphError
from mizan_core.introspection.parts import Describe
from mizan_core.ir import write_ir
from mizan_core.viewer import Viewer

_PURPOSE = b"mizan:viewer"
"""What the key is derived by. No other use of the secrets begins so: their messages are objects and tokens."""
_INTERFACE_DIGITS = 16
_VIEWER_DIGITS = 32
_REMEMBERED = 4_096
"""Viewers whose marks are not made again."""


def interface_mark(functions: Mapping[str, ClientFunction[..., Any]], parts: Iterable[Describe] = ()) -> str | None:
    """The hash of the interface document, as clients that are generated from it have it; None where there is none."""
    try:
        text = write_ir(functions, parts)
    except GraphError:  # it can be served, but not described
        return None
    return hashlib.sha256(text.encode()).hexdigest()[:_INTERFACE_DIGITS]


class ViewerMarks:
    """Gives marks that tell viewers apart in all processes with one secret, and nothing of who they are.

    :param secret: None: nobody is told apart.
    """

    def __init__(self, secret: Secret | None) -> None:
        material = secret.encode() if isinstance(secret, str) else secret
        self._key = None if material is None else hmac.digest(material, _PURPOSE, "sha256")
        self.of = lru_cache(_REMEMBERED)(self._mark)
        """The mark of a viewer; None for one who cannot be told from others."""

    def _mark(self, viewer: Viewer) -> str | None:
        if self._key is None or (viewer.authenticated and viewer.id is None):
            return None
        known = ENGINE.canonical_json(list(viewer))
        return hmac.digest(self._key, known, "sha256").hex()[:_VIEWER_DIGITS]
