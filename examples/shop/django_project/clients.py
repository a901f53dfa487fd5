"""Found by ``mizan_clients``; most projects write all their ``@client`` functions right here.

Those that know no framework stand in ``examples.shop.functions``; these take or give what is Django's: files, and
responses at URLs of their own.
"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse

import examples.shop.functions
import examples.shop.questions  # noqa: F401 - registers the form
from examples.shop import pictures
from examples.shop.ports import shop
from examples.shop.receipt import receipt_of
from mizan.client import UploadLimits, client


@client(auth="staff", affects="catalogue")
def set_picture(
    request: HttpRequest,
    product_id: UUID,
    image: Annotated[UploadedFile, UploadLimits(max_bytes=pictures.MOST)],  # type: ignore[type-arg]  # of stubs alone
) -> str:
    """Put up another picture of a product; gives its type."""
    return pictures.put_up(shop.pictures, product_id, image)


@client(route="/pictures/<product_id>")
def picture(request: HttpRequest, product_id: UUID, version: str | None = None) -> HttpResponse:
    """The picture of a product; with its *version* the address of no other."""
    path, media_type = pictures.find(shop.pictures, product_id)
    return HttpResponse(path.read_bytes(), content_type=media_type)


@client(route="/receipts/<order_id>/", auth=True)
def receipt(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """The receipt of an order, to print."""
    return HttpResponse(receipt_of(request, order_id))
