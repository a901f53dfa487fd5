"""Functions whose parameters say more, or less, than what they are serialised to."""

from __future__ import annotations

from dataclasses import InitVar, dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, Field, PlainSerializer, SecretStr

from mizan_core.client.cache_policy import CachePolicy
from tests.cache.http.world import WORLD
from tests.conformance.functions.serving import both

PASSWORD = "right"


class Login(BaseModel):
    name: str
    password: str = Field(exclude=True)


@dataclass
class Unlocking:
    name: str
    password: InitVar[str]

    def __post_init__(self, password: str) -> None:
        self.name = f"{self.name}:{password == PASSWORD}"


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


Rounded = Annotated[float, PlainSerializer(round)]


@both(context="safe")
def safe(request: Any, password: SecretStr) -> str:
    return "gold" if password.get_secret_value() == PASSWORD else "nothing"


@both(affects="safe")
def refill(request: Any, password: SecretStr) -> None:
    WORLD.change("safe")


@both(context="vault")
def vault(request: Any, login: Login) -> str:
    return "gold" if login.password == PASSWORD else "nothing"


@both(context="cellar")
def cellar(request: Any, unlocking: Unlocking) -> str:
    return "wine" if unlocking.name.endswith("True") else "nothing"


@both(context="nearby")
def nearby(request: Any, distance: Rounded) -> float:
    return distance


@both(affects="nearby")
def move(request: Any, distance: Rounded) -> None:
    WORLD.change("nearby")


@both(context="anything")
def anything(request: Any, value: dict[str, Any]) -> str:
    return repr(value)


@both(context="tagged")
def tagged(request: Any, tags: frozenset[str]) -> int:
    return len(tags)


@both(affects="tagged")
def retag(request: Any, tags: frozenset[str]) -> None:
    WORLD.change("tagged")


@both(context="priced")
def priced(request: Any, price: Decimal) -> int:
    return WORLD.read("priced")


@both(affects="priced")
def reprice(request: Any, price: Decimal) -> None:
    WORLD.change("priced")


@both(context="scheduled")
def scheduled(request: Any, at: datetime) -> int:
    return WORLD.read("scheduled")


@both(affects="scheduled")
def reschedule(request: Any, at: datetime) -> None:
    WORLD.change("scheduled")


@both(context="weighed")
def weighed(request: Any, weight: float) -> int:
    return WORLD.read("weighed")


@both(affects="weighed")
def reweigh(request: Any, weight: float) -> None:
    WORLD.change("weighed")


@both(context="painted")
def painted(request: Any, colour: Colour) -> str:
    return colour.name


@both(affects="painted")
def repaint(request: Any, colour: Colour) -> None:
    WORLD.change("painted")


@both(context="ambiguous")
def ambiguous(request: Any, day: date | str) -> str:
    return type(day).__name__


@both(affects="ambiguous")
def clarify(request: Any, day: date | str) -> None:
    WORLD.change("ambiguous")


@both(context="switched")
def switched(request: Any, state: bool | int) -> str:
    return repr(state)


@both(affects="switched")
def switch(request: Any, state: bool | int) -> None:
    WORLD.change("switched")


@both(context="translated", cache=CachePolicy(vary=("Accept-Language",)))
def translated(request: Any) -> str:
    return str(request.headers.get("accept-language"))


def _lower(text: str) -> str:
    return text.lower()


@both(context="spelled")
def spelled(request: Any, word: str) -> str:
    return word


@both(context="spelled")
def spelled_low(request: Any, word: Annotated[str, AfterValidator(_lower)]) -> str:
    return word


@both(affects="spelled")
def respell(request: Any, word: str) -> None:
    WORLD.change("spelled")
