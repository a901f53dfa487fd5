"""What the classes of FastAPI and Starlette mean in the signatures of server functions."""

from __future__ import annotations

from fastapi import params
from starlette.datastructures import UploadFile
from starlette.requests import HTTPConnection
from starlette.responses import Response

from mizan_core.client.frameworks import Framework, register_framework
from mizan_fastapi.injection import INJECTED, INJECTING, injector

register_framework(
    Framework(
        "FastAPI",
        requests=(HTTPConnection,),
        responses=(Response,),
        uploads=(UploadFile,),
        markers=(params.Query, params.Path, params.Body),
        injecting=INJECTING,
        injected=INJECTED,
        injector=injector,
    )
)
