"""Forms of pydantic models, under the names of Django's."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field, field_validator, model_validator
from starlette.requests import Request
from typing_extensions import Self

from mizan_core.errors import Conflict
from mizan_fastapi.forms import form


class Contact(BaseModel):
    name: Annotated[str, Field(title="Your name", max_length=10)]
    email: str
    size: Literal["s", "l"] | None = None
    count: Annotated[int, Field(ge=1, le=9)] | None = None

    @field_validator("email")
    @classmethod
    def _has_at(cls, value: str) -> str:
        if "@" not in value:
            raise ValueError("Enter a valid email address.")
        return value

    @model_validator(mode="after")
    def _is_somebody(self) -> Self:
        if self.name == "nobody":
            raise ValueError("Somebody has to write.")
        return self


class Sent(BaseModel):
    sent: bool
    name: str


class Quiet(BaseModel):
    name: str = "Bo"


@form(
    "contact",
    title="Contact us",
    submit_label="Send",
    live_validation=True,
    affects="user",
    route="/forms/contact/",
)
async def contact(request: Request, data: Contact) -> Sent:
    if data.name == "late":
        raise Conflict("Too late.")
    return Sent(sent=True, name=data.name)


@form("quiet", auth="staff", route="/forms/quiet/", success_url="/thanks/")
def quiet(request: Request, data: Quiet) -> str:
    return data.name


class Personal(BaseModel):
    color: str
    number: int = 3


async def _initial(request: Request) -> dict[str, str]:
    return {"color": request.headers["X-Color"]}


@form("personal", initial=_initial)
def personal(request: Request, data: Personal, times: int = 1) -> dict[str, object]:
    return {"color": data.color * times, "number": data.number}
