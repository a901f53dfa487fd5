"""Reading a profile."""

from __future__ import annotations

from tests.guard.callgrind import parts

PROFILE = """# callgrind format
version: 1
cmd:  /program
part: 1


desc: Trigger: --dump-after=measured

positions: line
events: Ir
summary: 1234


ob=/lib/libc.so
fl=malloc.c
fn=malloc
10 900
cob=/lib/libc.so
cfn=realloc
calls=50 7
10 5000

ob=/program
fl=main.rs
fn=measured
1 100
fi=inlined.rs
2 20
cob=/lib/libc.so
cfi=malloc.c
cfn=malloc
calls=3 10
2 900
cfn=sha2::sha256::compress256
calls=2 1
3 800
fe=main.rs
4 3

fn=sha2::sha256::compress256
1 700
2 100

totals: 1234
part: 2


desc: Trigger: Program termination

positions: line
events: Ir
summary: 0


ob=/program
fl=main.rs
fn=main
8 1

totals: 1
"""


def test_each_part_is_counted_in_the_program_alone() -> None:
    """Own costs only: a line after ``calls=`` is what the called function has cost, and is counted there."""
    first, second = parts(PROFILE, "/program")
    assert first == {"instructions": 123, "hashing": 800, "allocations": 3}
    assert second == {"instructions": 1}
