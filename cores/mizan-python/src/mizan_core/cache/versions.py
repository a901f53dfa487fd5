"""What the values of tags and of the epoch say (protocol.md section 10)."""

from __future__ import annotations

import os
from functools import partial

EPOCH = "epoch"
VERSION_BYTES = 8
GRAPH_BYTES = 8
EPOCH_BYTES = VERSION_BYTES + GRAPH_BYTES
MIXED = bytes(GRAPH_BYTES)
"""In the place of a graph: processes with different graphs share the store."""
NO_GRAPH = bytes([*MIXED[1:], 1])
"""Of a store that no interface uses."""


new_version = partial(os.urandom, VERSION_BYTES)
"""Gives a version that nobody else has made: 64 random bits, never a counter that could start again."""


def new_epoch(graph: bytes) -> bytes:
    """A version of the epoch, for entries whose tags come from *graph*, or from any when it is ``MIXED``."""
    return new_version() + graph


def graph_of(epoch: bytes) -> bytes:
    return epoch[VERSION_BYTES:]


def broad(tag: str) -> str:
    """The tag of the whole context that *tag* is one of: ``tag:user`` for ``tag:user:0123...``."""
    end = tag.find(":", tag.find(":") + 1)
    return tag if end < 0 else tag[:end]
