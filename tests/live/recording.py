"""What purges announce, kept for a test to look at."""

from __future__ import annotations

from collections.abc import Sequence


class Announced:
    """An ``Announcer`` that nobody listens to."""

    def __init__(self) -> None:
        self.told: list[tuple[list[str], str | None]] = []

    def announce(self, tags: Sequence[str], origin: str | None = None) -> None:
        self.told.append((sorted(tags), origin))

    async def aannounce(self, tags: Sequence[str], origin: str | None = None) -> None:
        self.announce(tags, origin)

    @property
    def tags(self) -> list[str]:
        """All that have been told, in order."""
        return [tag for tags, _ in self.told for tag in tags]
