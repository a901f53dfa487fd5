"""Which tests stay together when pytest runs in several processes (pytest-xdist)."""

from __future__ import annotations

import re

from xdist.scheduler import LoadScopeScheduling

# A parameter whose fixture is dear: the tests with one value of it are a group, whatever file they stand in.
_SHARED = {
    "tests/conformance/": re.compile(r"(?:fastapi|django-wsgi|django-asgi)-(?:native|pure)"),
    "tests/live/test_drivers.py": re.compile(r"\w+-\w+-(?:redis|memory)"),
    "tests/packaging/": re.compile(r"\b3\.1\d\b"),
}


class GroupScheduling(LoadScopeScheduling):
    """Tests of one group run in one process, one after the other, and share what is set up for them there."""

    def _split_scope(self, nodeid: str) -> str:
        return group(nodeid)


def group(nodeid: str) -> str:
    """A test's group: what it shares with others by a parameter, else its file."""
    file, _, name = nodeid.partition("::")
    patterns = (pattern for place, pattern in _SHARED.items() if file.startswith(place))
    shared = next((found for pattern in patterns if (found := pattern.search(name))), None)
    return shared[0] if shared else file
