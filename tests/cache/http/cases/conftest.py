"""Each site in turn, with the functions as they stand and as coroutine functions."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal

from tests.cache.http.asking import Asker
from tests.cache.http.sites import NAMES, Site, open_site, set_up_django
from tests.cache.http.world import WORLD
from tests.conformance.functions.serving import SUFFIX


@pytest.fixture(scope="session")
def portal() -> Iterator[BlockingPortal]:
    with start_blocking_portal() as portal:
        yield portal


@pytest.fixture(scope="session")
def sites(portal: BlockingPortal) -> dict[str, Site]:
    set_up_django()
    sites = {name: open_site(name, portal) for name in NAMES}
    # What lives as long as the process need not be looked through whenever a test collects its own garbage.
    gc.freeze()
    return sites


@pytest.fixture(params=os.environ.get("MIZAN_TEST_SITES", "").split() or NAMES)
def site(request: pytest.FixtureRequest, sites: dict[str, Site]) -> Site:
    """With an empty cache, and a world in which nothing has happened."""
    site = sites[request.param]
    site.empty()
    WORLD.clear()
    return site


@pytest.fixture(params=["", SUFFIX], ids=["sync", "async"])
def asker(request: pytest.FixtureRequest, site: Site) -> Asker:
    """A stranger, in one of the two worlds of functions."""
    return Asker(site, site.stranger(), request.param)
