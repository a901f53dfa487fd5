"""Results of every type, in ``call/`` and in bundles."""

from __future__ import annotations

import pytest

from tests.conformance.caller import Caller
from tests.conformance.conftest import World
from tests.conformance.functions.results import EXAMPLES, LEAK, LOOSE_EXAMPLES, MISMATCHES, UNCHECKED, Example
from tests.conformance.target import Target


def _name(example: Example) -> str:
    return example.name


@pytest.mark.parametrize("example", EXAMPLES, ids=_name)
def test_a_result_is_its_json(stranger: Caller, world: World, example: Example) -> None:
    answer = stranger.call(world(f"give_{example.name}"))
    assert answer.status == 200
    assert answer.body.decode("utf-8") == f'{{"result":{example.json}}}'


@pytest.mark.parametrize("example", LOOSE_EXAMPLES, ids=_name)
def test_only_what_is_declared_leaves(stranger: Caller, world: World, example: Example) -> None:
    answer = stranger.call(world(f"give_{example.name}"))
    assert answer.status == 200
    assert LEAK.encode() not in answer.body
    assert answer.body.decode("utf-8") == f'{{"result":{example.json}}}'


@pytest.mark.logs_tracebacks
@pytest.mark.parametrize("example", MISMATCHES, ids=_name)
def test_a_result_that_breaks_its_annotation_is_the_servers_fault(
    target: Target, world: World, example: Example
) -> None:
    offset = target.log_size()
    answer = target.stranger().call(world(f"give_{example.name}")).refused("INTERNAL_ERROR")
    assert answer.details == {}
    assert LEAK.encode() not in answer.body
    assert LEAK not in target.logged(f"give_{example.name}", offset)


@pytest.mark.logs_tracebacks
def test_an_instance_that_was_never_validated_leaks_nothing(target: Target, world: World) -> None:
    offset = target.log_size()
    answer = target.stranger().call(world(f"give_{UNCHECKED.name}"))
    assert answer.status in (200, 500)
    assert LEAK.encode() not in answer.body
    assert LEAK not in target.logged_since(offset)
