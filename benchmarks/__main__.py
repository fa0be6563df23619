"""`python -m benchmarks [NAME …]`: measure, and print a table or two for each."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from importlib import import_module

from benchmarks.report import machine, moment

NAMES = {
    "calls": "2,000 calls to an endpoint of fixed latency, stored, beside the bare SDK",
    "dialects": "the same in all four dialects, each beside the bare SDK of its vendor",
    "memory": "how much each sample adds to the process that asks for it",
    "page": "drawing Compare, a live poll and Responses, beside an empty page",
    "store": "keeping a response, beside SQLite without the lab",
    "analysis": "the numbers of 4 × 500 outputs, beside their edit distances alone",
    "tokens": "the branching tree of 200 × 300 tokens, beside a bare visit to each of them",
    "embedded": "the embedded model through the lab, beside the same requests sent directly",
}


def main() -> None:
    """Run the benchmarks that are named, or all."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Speed and memory, as ratios against a floor measured in the same run.",
        epilog="\n".join(f"{name:9}  {words}" for name, words in NAMES.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", choices=[*NAMES, []], metavar="NAME", help="which")
    parser.add_argument(
        "--quick", action="store_true", help="small numbers: whether it works, not how fast"
    )
    parser.add_argument("--repeats", type=int, metavar="N", help="how often each is measured")
    arguments = parser.parse_args()
    print(machine())
    for name in arguments.names or NAMES:
        run: Callable[..., None] = import_module(f"benchmarks.{name}").run
        print(f"\n== {name} ({moment()})", flush=True)
        run(quick=arguments.quick, repeats=arguments.repeats)
    print(moment())


if __name__ == "__main__":
    main()
