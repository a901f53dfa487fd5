"""What requests leave to the garbage collector: ``python -m tests.guard.garbage fastapi`` prints its types as JSON.

Objects in a cycle outlive their request until a collection, which stops the whole process: they show as latency.
"""

from __future__ import annotations

import gc
import json
import sys
from collections import Counter
from collections.abc import Iterator

from tests.guard.counting import OURS
from tests.guard.requests import Expected, ask, failures, kinds
from tests.guard.sites import Site, open_site

_WARM_UPS, _REQUESTS = 5, 10


def measure(site: Site) -> dict[str, dict[str, int]]:
    """Of each kind of request the objects of our types that stay behind, by type."""
    gc.disable()
    return {kind: _left_behind(site, requests) for kind, requests in {**kinds(site), **failures(site)}.items()}


def _left_behind(site: Site, requests: Iterator[Expected]) -> dict[str, int]:
    for _ in range(_WARM_UPS):
        ask(site, next(requests))
    gc.collect()
    gc.set_debug(gc.DEBUG_SAVEALL)
    for _ in range(_REQUESTS):
        ask(site, next(requests))
    gc.collect()
    gc.set_debug(0)
    types = Counter(type(left) for left in gc.garbage)
    gc.garbage.clear()
    return {kind.__qualname__: number for kind, number in types.items() if kind.__module__.partition(".")[0] in OURS}


if __name__ == "__main__":
    with open_site(sys.argv[1]) as site:
        sys.stdout.write(json.dumps(measure(site)))
