"""``python -m bench [part…]``: run the named parts, or all; exit 1 if one of them costs more than it may."""

import sys
from importlib import import_module

#: The parts in the order in which they run: modules of this package with a ``main`` that returns whether all is well.
PARTS = ("signatures", "revocation_lists", "pending_checks", "server", "slow_senders")
#: Parts that run only when they are named.
NAMED = ("server.quick", "server.million")


def main(names: list[str]) -> int:
    unknown = set(names) - {*PARTS, *NAMED}
    if unknown:
        print(f"unknown: {', '.join(sorted(unknown))}; parts are {', '.join((*PARTS, *NAMED))}", file=sys.stderr)
        return 2
    over = []
    for name in names or PARTS:
        print(f"=== {name}", flush=True)
        if not import_module(f"bench.{name}").main():
            over.append(name)
    if over:
        print(f"costs more than it may: {', '.join(over)}", file=sys.stderr)
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
