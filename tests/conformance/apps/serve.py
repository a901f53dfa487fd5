"""Serve one of the applications on a socket that the caller has opened: ``serve KIND FILE_DESCRIPTOR``.

The process ends when its standard input does, so that it never outlives the tests that started it.
"""

from __future__ import annotations

import logging
import os
import socket
import sys
from collections.abc import Callable
from threading import Thread
from typing import Any

import uvicorn


def serve_fastapi(listener: socket.socket) -> None:
    from tests.conformance.apps.fastapi_app import app

    logging.basicConfig(level=logging.INFO)
    _run_uvicorn(app, listener, lifespan="on")


def serve_django_asgi(listener: socket.socket) -> None:
    from django.core.asgi import get_asgi_application

    from mizan.asgi import limit_body

    _run_uvicorn(limit_body(_prepared(get_asgi_application)), listener, lifespan="off")


def serve_django_wsgi(listener: socket.socket) -> None:
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
    from django.core.wsgi import get_wsgi_application

    class Handler(WSGIRequestHandler):
        disable_nagle_algorithm = True  # head and body are two writes, which would wait for one another

    application = _prepared(get_wsgi_application)
    host, port = listener.getsockname()
    server = ThreadedWSGIServer((host, port), Handler, bind_and_activate=False)
    server.socket.close()
    server.socket = listener
    server.server_name, server.server_port = host, port
    server.setup_environ()
    server.set_app(application)
    server.serve_forever()


def _run_uvicorn(app: Any, listener: socket.socket, lifespan: Any) -> None:
    config = uvicorn.Config(app, lifespan=lifespan, access_log=False, timeout_graceful_shutdown=2)
    uvicorn.Server(config).run(sockets=[listener])


def _prepared(get_application: Callable[[], Any]) -> Any:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.conformance.apps.django_site.settings"
    application = get_application()

    from django.core.management import call_command

    from tests.conformance.apps.django_site.accounts import create_users

    call_command("migrate", run_syncdb=True, verbosity=0)
    create_users()
    return application


def _end_with_caller() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


SERVERS = {"fastapi": serve_fastapi, "django-wsgi": serve_django_wsgi, "django-asgi": serve_django_asgi}

if __name__ == "__main__":
    Thread(target=_end_with_caller, daemon=True).start()
    SERVERS[sys.argv[1]](socket.socket(fileno=int(sys.argv[2])))
