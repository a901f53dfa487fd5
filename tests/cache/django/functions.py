"""Functions over the database, sync and async under the same names with ``_async``."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F
from django.http import HttpRequest

from mizan.client import client
from mizan.setup import register
from mizan_core.errors import Conflict
from tests.cache.django.models import Stock

OTHER = "archive"


@client(context="stock")
def stock(request: HttpRequest, name: str) -> int:
    return Stock.objects.get(name=name).amount


@client(context="stock_async")
async def stock_async(request: HttpRequest, name: str) -> int:
    return (await Stock.objects.aget(name=name)).amount


@client(affects=["stock", "stock_async"])
def deliver(request: HttpRequest, name: str) -> None:
    _raise_amount(name)


@client(affects=["stock", "stock_async"])
async def deliver_async(request: HttpRequest, name: str) -> None:
    await Stock.objects.filter(name=name).aupdate(amount=F("amount") + 1)


@client(affects=["stock", "stock_async"])
def deliver_by_hand(request: HttpRequest, name: str) -> None:
    transaction.set_autocommit(False)
    try:
        _raise_amount(name)
        transaction.commit()
    finally:
        transaction.set_autocommit(True)


@client(affects=["stock", "stock_async"])
def deliver_atomically(request: HttpRequest, name: str) -> None:
    with transaction.atomic():
        _raise_amount(name)


@client(affects=["stock", "stock_async"])
def deliver_and_refuse(request: HttpRequest, name: str) -> None:
    _raise_amount(name)
    raise Conflict


@client(affects=["stock", "stock_async"])
def deliver_and_collapse(request: HttpRequest, name: str) -> None:
    _raise_amount(name)
    raise RuntimeError("after writing")


@client(affects=["stock", "stock_async"])
async def deliver_async_and_refuse(request: HttpRequest, name: str) -> None:
    await Stock.objects.filter(name=name).aupdate(amount=F("amount") + 1)
    raise Conflict


@client(affects=["stock", "stock_async"])
def deliver_and_exit(request: HttpRequest, name: str) -> None:
    """As a worker's timeout ends it."""
    _raise_amount(name)
    raise SystemExit


@client(affects=["stock", "stock_async"])
def deliver_and_fail_on_commit(request: HttpRequest, name: str) -> None:
    _raise_amount(name)
    transaction.on_commit(_fail)


def _fail() -> None:
    raise RuntimeError("of somebody else")


@client
def deliver_in_parts(request: HttpRequest, name: str) -> None:
    """What it calls is rolled back to a savepoint, and then called again."""
    with transaction.atomic():
        with transaction.atomic():
            deliver.call_sync(request, name=name)
            transaction.set_rollback(True)
        deliver.call_sync(request, name=name)


@client
def deliver_through_async(request: HttpRequest, name: str) -> None:
    """What it calls is a part of its transaction."""
    with transaction.atomic():
        _raise_amount(name)
        deliver_async.call_sync(request, name=name)


def _raise_amount(name: str) -> None:
    Stock.objects.filter(name=name).update(amount=F("amount") + 1)


for _function in (
    stock,
    stock_async,
    deliver,
    deliver_async,
    deliver_atomically,
    deliver_by_hand,
    deliver_and_refuse,
    deliver_and_collapse,
    deliver_async_and_refuse,
    deliver_and_exit,
    deliver_and_fail_on_commit,
    deliver_in_parts,
    deliver_through_async,
):
    register(_function)
