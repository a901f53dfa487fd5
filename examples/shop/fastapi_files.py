"""Functions that take or give what is FastAPI's: files, and responses at URLs of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, UploadFile
from starlette.responses import FileResponse, HTMLResponse

from examples.shop import pictures
from examples.shop.ports import shop
from examples.shop.receipt import receipt_of
from mizan_fastapi import UploadLimits, client, register


def pictures_folder() -> Path:
    """Where the pictures are; a test overrides it with ``app.dependency_overrides``."""
    return shop.pictures


Folder = Annotated[Path, Depends(pictures_folder)]


@register
@client(auth="staff", affects="catalogue")
def set_picture(
    request: Request,
    product_id: UUID,
    image: Annotated[UploadFile, UploadLimits(max_bytes=pictures.MOST)],
    folder: Folder,
) -> str:
    """Put up another picture of a product; gives its type."""
    return pictures.put_up(folder, product_id, image.file)


@register
@client(route="/pictures/<product_id>")
def picture(request: Request, product_id: UUID, folder: Folder, version: str | None = None) -> FileResponse:
    """The picture of a product; with its *version* the address of no other."""
    path, media_type = pictures.find(folder, product_id)
    return FileResponse(path, media_type=media_type)


@register
@client(route="/receipts/<order_id>/", auth=True)
def receipt(request: Request, order_id: UUID) -> HTMLResponse:
    """The receipt of an order, to print."""
    return HTMLResponse(receipt_of(request, order_id))
