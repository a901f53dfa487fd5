"""How far the tests go: at home as far as a change needs, in CI further, in ``make thorough`` everywhere."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")
IS_CI = os.environ.get("CI", "").lower() == "true"
"""Whether nothing may be lacking on this machine."""
IS_THOROUGH = os.environ.get("MIZAN_TEST_EXTENT", "") == "thorough"


def sides_on(engine: str, sides: Sequence[T], *, no_native: bool = False, all_in_ci: bool = False) -> Sequence[T]:
    """Those of *sides*, servers say, that are tried with an engine.

    What an engine gives does not depend on who passes it on. So the native engine alone is tried with all of them, and
    the pure one with the first.

    :param no_native: whether there is the pure one alone.
    :param all_in_ci: whether CI takes nothing for granted here, and tries every engine with all.
    """
    is_crossed = IS_THOROUGH or (IS_CI and all_in_ci)
    return sides if is_crossed or no_native or engine == "native" else sides[:1]
