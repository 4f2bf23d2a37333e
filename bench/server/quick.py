"""``make bench PART=server.quick``: a minute's look, over one pair of stores; writes nothing down."""

from functools import partial

from bench.server.run import QUICK, run

main = partial(run, QUICK)
