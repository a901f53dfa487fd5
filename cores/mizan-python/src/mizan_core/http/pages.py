"""What somebody who looks at a page is told of an error, where the application has no page of its own for it."""

from __future__ import annotations

from html import escape
from http import HTTPStatus

from mizan_core.errors import APIError

_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{title}</title></head>
<body><h1>{title}</h1><p>{message}</p></body>
</html>
"""


def error_page(error: APIError) -> str:
    """HTML."""
    return _PAGE.format(title=escape(_phrase(error.status)), message=escape(str(error.message)))


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return f"Error {status}"
