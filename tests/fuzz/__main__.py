"""``make fuzz``: bodies, queries, tokens and headers against both adapters and both engines."""

from __future__ import annotations

import argparse
import secrets
import shlex
import sys

from tests.fuzz.campaign import Finding, Verdict, campaign
from tests.fuzz.exchange import Request
from tests.fuzz.generator import Generator

_SHOWN = 200


def _report(finding: Finding) -> None:
    print(f"{finding.verdict.name}:")
    for name, answer in finding.answers:
        print(f"  {name:20} {answer.status} {answer.seconds * 1_000:.0f} ms {answer.body[:_SHOWN]!r} {answer.headers}")
    print(f"  again: .venv/bin/python -m tests.fuzz --request {shlex.quote(finding.request.line())}", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(2**32), help="the same gives the same requests")
    parser.add_argument("--request", type=Request.read, help="ask this alone, as a finding shows it")
    arguments = parser.parse_args()
    with campaign(_report) as opened:
        if arguments.request is not None:
            verdict, answers = opened.judge(arguments.request, everywhere=True)
            _report(Finding(verdict or Verdict.DIFFERENCE, arguments.request, answers))
            return 0 if verdict is None else 1
        print(f"seed {arguments.seed}", flush=True)
        opened.run(Generator(arguments.seed), arguments.seconds)
    counts = ", ".join(f"{opened.found[verdict]} {verdict.value}" for verdict in Verdict)
    print(f"{opened.requests} requests, {counts}")
    return 1 if opened.found.total() else 0


if __name__ == "__main__":
    sys.exit(main())
