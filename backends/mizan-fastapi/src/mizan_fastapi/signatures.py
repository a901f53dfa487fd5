"""What the classes of FastAPI and Starlette mean in the signatures of server functions."""

from __future__ import annotations

from fastapi import params
from starlette.datastructures import UploadFile
from starlette.requests import HTTPConnection
from starlette.responses import Response

from mizan_core.client.frameworks import Framework, register_framework

register_framework(
    Framework(
        "FastAPI",
        requests=(HTTPConnection,),
        responses=(Response,),
        uploads=(UploadFile,),
        markers=(params.Param, params.Body, params.Depends),
    )
)
