"""What can be called."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

from django.db import connection, transaction
from django.http import HttpRequest
from pydantic import BaseModel

from mizan.channels import ReactChannel
from mizan.client import client
from mizan_core.errors import Conflict
from tests.live.django_project.middleware import TENANT
from tests.live.django_project.models import Note


@client
def tenant(request: HttpRequest) -> str | None:
    """In a thread, where a tenant's connections are chosen."""
    return TENANT.get()


@client
def way(request: HttpRequest, name: str | None = None) -> dict[str, Any]:
    """What a function sees of its request."""
    return {
        "method": request.method,
        "path": request.path,
        "host": request.get_host(),
        "secure": request.is_secure(),
        "thread": threading.get_ident(),
        "atomic": connection.in_atomic_block,
        "tenant": TENANT.get(),
    }


@client(auth=True)
def who(request: HttpRequest) -> str:
    return str(request.user.get_username())


@client(auth=True)
async def who_async(request: HttpRequest) -> str:
    return str(request.user.get_username())


@client(context="notes")
def notes(request: HttpRequest) -> list[str]:
    return list(Note.objects.order_by("pk").values_list("text", flat=True))


@client(affects="notes")
def add_note(request: HttpRequest, text: str) -> int:
    return int(Note.objects.create(text=text).pk)


@client(affects="notes")
def add_note_and_fail(request: HttpRequest, text: str) -> int:
    Note.objects.create(text=text)
    raise RuntimeError("after writing")


@client(context="note_count", auth=True)
def note_count(request: HttpRequest) -> int:
    return Note.objects.count()


_released = asyncio.Event()


@client
async def wait_for_release(request: HttpRequest) -> str:
    await _released.wait()
    return "released"


@client
async def release(request: HttpRequest) -> None:
    _released.set()


@client
async def sleep(request: HttpRequest, seconds: float) -> str:
    await asyncio.sleep(seconds)
    return "slept"


class ChatChannel(ReactChannel):
    """A room."""

    class Params(BaseModel):
        room: str

    class ReactMessage(BaseModel):
        text: str

    class DjangoMessage(BaseModel):
        text: str
        user: str

    def authorize(self, params: Params) -> bool:
        """In a thread, where the user's rights can be looked up."""
        return self.user.is_authenticated and (params.room != "staff" or self.user.is_staff)

    def group(self, params: Params) -> str:
        return f"chat_{params.room}"

    def receive(self, params: Params, msg: ReactMessage) -> DjangoMessage:
        return self.DjangoMessage(text=msg.text, user=self.user.get_username())


class NewsChannel(ReactChannel):
    """What everybody may read."""

    class DjangoMessage(BaseModel):
        text: str

    def authorize(self, params: None) -> bool:
        return True


@client
def announce(request: HttpRequest, text: str, fails: bool = False) -> None:
    """Inside a transaction."""
    with transaction.atomic():
        Note.objects.create(text=text)
        NewsChannel.publish_sync(message={"text": text})
        if fails:
            raise Conflict("Not after all.")
