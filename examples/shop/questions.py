"""A form: a customer, or anybody, asks the shop. A model says what is asked for, the handler what becomes of it."""

from __future__ import annotations

import logging
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, field_validator

from mizan_core.forms.models import form

log = logging.getLogger("shop.questions")


class Question(BaseModel):
    name: Annotated[str, Field(title="Your name", max_length=80)]
    email: Annotated[str, Field(title="Your email address", description="The answer goes there.", max_length=320)]
    about: Annotated[Literal["order", "tea", "else"], Field(title="What is it about?")] = "tea"
    text: Annotated[str, Field(title="Your question", min_length=10, max_length=2_000)]

    @field_validator("email")
    @classmethod
    def _is_address(cls, email: str) -> str:
        name, _, host = email.rpartition("@")
        if not name or not host:
            raise ValueError("Enter a valid email address.")
        return email


class Asked(BaseModel):
    """Whom the answer goes to."""

    email: str


@form("question", title="Ask the shop", submit_label="Send", live_validation=True)
def ask(request: Any, data: Question) -> Asked:
    # A shop would write to somebody.
    log.info("A question about %s", data.about)
    return Asked(email=data.email)
