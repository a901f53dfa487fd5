"""Who watches what, and what has been told of it.

A watch keeps the tags of its bundle (protocol.md section 10): whatever makes a bundle stale gives one of them another
version. The announcement of that may be lost, so the versions are compared now and then. A tag's *known* version is
one that it had at some moment; whoever watched it before that moment has been told of everything before. So:

- A watch is entered before the versions are read, and these before its functions run.
- Who is told is found out after versions have been read, not before: a watch that was entered in between is told too.
- The first to watch a tag learns its version. Whoever comes later leaves it: an older one costs a signal too many, a
  newer one would cost those who watched before theirs.
- What could not be read is in doubt: the next comparison tells everybody.
- Whoever has changed a tag is not told, but its watch is in doubt: the version that is known from then on may be
  another's change, whose announcement is lost. The next comparison tells it, unless it has read anew until then.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from typing import Generic, Protocol, TypeAlias, TypeVar

from mizan_core.cache.versions import EPOCH

_DOUBT = b""
"""No version that a store gives."""


class Holder(Hashable, Protocol):
    """Whoever watches: a socket."""

    @property
    def socket(self) -> str | None:
        """The id by which what it changes itself is known."""


H = TypeVar("H", bound=Holder)
Purged: TypeAlias = "Mapping[str, Collection[str | None]]"
"""Tags that have changed, each with the sockets of those who have changed it; None for whoever has none."""
Versions: TypeAlias = "Mapping[str, bytes] | None"
"""Those that tags have, None where they could not be read."""
_ANYBODY: Collection[str | None] = frozenset((None,))


class Watches(Generic[H]):
    """Those of one event loop: of each holder, by the ids that it has given them."""

    def __init__(self) -> None:
        self._by_tag: dict[str, dict[tuple[H, int], None]] = {}
        self._tags: dict[tuple[H, int], tuple[str, ...]] = {}
        self._ids: dict[H, set[int]] = {}
        self._known: dict[str, bytes] = {}
        self._purged: dict[str, set[str | None]] = {}
        self._untold: dict[tuple[H, int], None] = {}
        """Those whose holders have changed a tag of theirs themselves, and have not read anew since."""

    def __len__(self) -> int:
        return len(self._tags)

    def enter(self, holder: H, number: int, tags: Sequence[str]) -> list[str]:
        """Watch *tags*, and those alone; gives those whose versions nobody knows yet, for ``learn``."""
        self.leave(holder, number)
        watched = (EPOCH, *tags)
        self._tags[holder, number] = watched
        self._ids.setdefault(holder, set()).add(number)
        for tag in watched:
            self._by_tag.setdefault(tag, {})[holder, number] = None
        return [tag for tag in watched if tag not in self._known]

    def leave(self, holder: H, number: int) -> None:
        """Watch no more."""
        tags = self._tags.pop((holder, number), ())
        self._untold.pop((holder, number), None)
        if tags:
            ids = self._ids[holder]
            ids.remove(number)
            if not ids:
                del self._ids[holder]
        for tag in tags:
            watching = self._by_tag[tag]
            del watching[holder, number]
            if not watching:
                del self._by_tag[tag]
                self._known.pop(tag, None)

    def leave_all(self, holder: H) -> None:
        """Watch nothing any more."""
        for number in tuple(self._ids.get(holder, ())):
            self.leave(holder, number)

    def learn(self, tags: Iterable[str], versions: Versions) -> None:
        """What a watch has read of *tags* before its functions run."""
        for tag in tags:
            if tag in self._by_tag:
                self._known.setdefault(tag, _version(versions, tag))

    def announce(self, tags: Iterable[str], origin: str | None) -> bool:
        """*tags* have changed; gives whether anybody watches one of them."""
        watched = [tag for tag in tags if tag in self._by_tag]
        for tag in watched:
            self._purged.setdefault(tag, set()).add(origin)
        return bool(watched)

    def take_purged(self) -> Purged:
        """What has been announced since the last time; for ``signal``, when the versions of its tags have been read."""
        purged, self._purged = self._purged, {}
        return purged

    def signal(self, purged: Purged, versions: Versions) -> dict[H, list[int]]:
        """Who is to be told of what has been announced."""
        self._settle(purged, versions)
        return self._watching(purged)

    def compared(self) -> list[str]:
        """The tags to compare."""
        return list(self._by_tag)

    def compare(self, versions: Versions) -> dict[H, list[int]]:
        """Who is to be told when the versions of ``compared`` have been read; nobody where they could not be."""
        if versions is None:
            return {}
        known = self._known
        changed = [tag for tag, version in versions.items() if known.get(tag, version) != version]
        self._settle(versions, versions)
        untold, self._untold = self._untold, {}
        found = self._watching(dict.fromkeys(changed, _ANYBODY))
        for holder, number in untold:
            ids = found.setdefault(holder, [])
            if number not in ids:
                ids.append(number)
        return found

    def _settle(self, tags: Iterable[str], versions: Versions) -> None:
        for tag in tags:
            if tag in self._by_tag:
                self._known[tag] = _version(versions, tag)

    def _watching(self, changed: Purged) -> dict[H, list[int]]:
        """Those who watch one of the tags; whoever has changed it alone knows already."""
        found: dict[H, dict[int, None]] = {}
        for tag, origins in changed.items():
            alone = next(iter(origins)) if len(origins) == 1 else None
            for holder, number in self._by_tag.get(tag, ()):
                if alone is None or holder.socket != alone:
                    found.setdefault(holder, {})[number] = None
                else:
                    self._untold[holder, number] = None
        return {holder: list(ids) for holder, ids in found.items()}


def _version(versions: Versions, tag: str) -> bytes:
    return _DOUBT if versions is None else versions.get(tag, _DOUBT)
