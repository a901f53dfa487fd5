"""Every request to the specification, and what it answered."""

from __future__ import annotations

from typing import Any

exchanges: list[dict[str, Any]] = []


def note_exchanges() -> None:
    """Have every request to the specification kept."""
    from mizan.allauth import asking  # needs the settings

    answer = asking._answer

    def noted(request: Any, method: str, path: str, body: bytes, content_type: str, headers: Any) -> Any:
        response: Any = answer(request, method, path, body, content_type, headers)
        said = asking._said(response)
        exchanges.append(
            {
                "method": method.lower(),
                "path": path,
                "content_type": content_type,
                "body": body.decode(),
                "status": said.status,
                "answer": response.content.decode() if said.location is None else None,
            }
        )
        return response

    asking._answer = noted
