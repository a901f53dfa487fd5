"""Asking a site, in one of the two worlds of functions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from tests.cache.http import functions
from tests.cache.http.sites import Site
from tests.conformance.answers import Answer
from tests.conformance.caller import Caller


@dataclass(frozen=True)
class Asker:
    """A caller who asks for the functions of one world."""

    site: Site
    caller: Caller
    suffix: str

    def become(self, caller: Caller) -> Asker:
        return replace(self, caller=caller)

    def fetch(self, context: str, headers: dict[str, str] | None = None, **parameters: Any) -> tuple[str, Any]:
        """How the cache took part, and the bundle."""
        answer = self.caller.fetch(context + self.suffix, headers, **parameters)
        assert answer.status == 200, answer
        bundle = {name.removesuffix(self.suffix): value for name, value in answer.json.items()}
        return answer.headers["X-Mizan-Cache"], bundle

    def word(self, context: str, headers: dict[str, str] | None = None, **parameters: Any) -> str:
        """``HIT``, ``MISS`` or ``BYPASS``."""
        return self.fetch(context, headers, **parameters)[0]

    def value(self, context: str, headers: dict[str, str] | None = None, **parameters: Any) -> Any:
        """What the function of the context's name gave."""
        return self.fetch(context, headers, **parameters)[1][context]

    def keep(self, context: str, headers: dict[str, str] | None = None, **parameters: Any) -> None:
        """Fetch until it is cached."""
        words = [self.word(context, headers, **parameters) for _ in range(2)]
        assert words[-1] == "HIT", words

    def balance(self, account_id: int) -> tuple[str, int]:
        word, bundle = self.fetch("account", account_id=account_id)
        return word, bundle["account"]["balance"]

    def call(self, function: str, /, **arguments: Any) -> Answer:
        return self.caller.call(function + self.suffix, arguments)

    def function(self, name: str) -> Any:
        """The client function itself."""
        twins = getattr(functions, name)
        return twins.coroutine if self.suffix else twins.plain
