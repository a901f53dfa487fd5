"""What can be called."""

from __future__ import annotations

import threading
from typing import Any

from django.db import connection
from django.http import HttpRequest

from mizan.client import client
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
