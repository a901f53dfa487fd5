"""A mutation that ends the request, or the process, with it: what it has written is seen none the less."""

from __future__ import annotations

import asyncio
import gc
import warnings
from collections.abc import Iterator

import pytest

from tests.cache.http import functions
from tests.cache.http.asking import Asker
from tests.cache.http.functions import ENDINGS
from tests.cache.http.sites import Site
from tests.cache.http.world import WORLD, Gate

# Django leaves the file of such a request's body to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:Unclosed file:ResourceWarning")


@pytest.fixture(autouse=True)
def collected() -> Iterator[None]:
    """No other test sees such a file."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_mutation(asker: Asker, ending: str) -> None:
    for account_id in (1, 2):
        asker.keep("account", account_id=account_id)
    with pytest.raises(ENDINGS[ending]):
        asker.site.call_alone("deposit_and_end" + asker.suffix, {"account_id": 1, "ending": ending})
    assert asker.balance(1) == ("MISS", 1)
    assert asker.balance(2) == ("HIT", 0)


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_mutation_that_a_context_function_calls(asker: Asker, ending: str) -> None:
    for account_id in (1, 2):
        asker.keep("account", account_id=account_id)
    with pytest.raises(ENDINGS[ending]):
        asker.site.fetch_alone("ending_statement" + asker.suffix, {"account_id": 1, "ending": ending})
    assert asker.balance(1) == ("MISS", 1)
    assert asker.balance(2) == ("HIT", 0)


@pytest.mark.parametrize("site", ["fastapi", "django-asgi"], indirect=True)
@pytest.mark.parametrize("over_http", [True, False], ids=["request", "call"])
def test_one_that_is_cancelled_while_its_thread_writes(site: Site, over_http: bool) -> None:
    """The thread goes on, and so must whoever waits for it."""
    asker = Asker(site, site.stranger(), "")
    asker.keep("account", account_id=1)
    arguments = {"account_id": 1}

    async def call() -> None:
        if over_http:
            await site.acall("deposit_slowly", arguments)
        else:
            await functions.deposit_slowly.call(None, **arguments)

    async def run(gate: Gate) -> None:
        task = asyncio.ensure_future(call())
        await asyncio.to_thread(gate.wait_for_arrival)
        task.cancel()
        await asyncio.sleep(0)
        gate.open()
        await asyncio.wait([task])

    with WORLD.gate("deposit_slowly") as gate:
        site.portal.call(run, gate)
    assert asker.balance(1) == ("MISS", 1)


@pytest.mark.parametrize("ending", ENDINGS)
def test_outside_requests(asker: Asker, ending: str) -> None:
    asker.keep("account", account_id=1)
    function = asker.function("deposit_and_end")
    with pytest.raises(ENDINGS[ending]):
        function.call_sync(None, account_id=1, ending=ending)
    assert asker.balance(1) == ("MISS", 1)
