"""Hypothesis over the reader, the structures, the whole verification and the trust list.

Short beside the other tests; ``FUZZ_EXAMPLES=20000 python -m pytest tests/fuzz`` for a long run.
"""

import os
import tracemalloc

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import TARGETS, timed

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "150"))
MEMORY = 8_000_000


@st.composite
def spoilt(draw: st.DrawFn, seeds: list[bytes]) -> bytes:
    """A seed with a few octets changed, cut out, doubled or put in; or octets out of the blue."""
    if draw(st.integers(0, 9)) == 0:
        return draw(st.binary(max_size=400))
    data = bytearray(draw(st.sampled_from(seeds)))
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, max(len(data) - 1, 0)))
        end = min(place + draw(st.integers(0, 40)), len(data))
        change = draw(st.sampled_from(["flip", "set", "cut", "double", "insert", "truncate"]))
        if change == "flip" and data:
            data[place] ^= 1 << draw(st.integers(0, 7))
        elif change == "set" and data:
            data[place] = draw(st.sampled_from([0, 1, 0x7F, 0x80, 0x84, 0xFF, 0x30, 0xA0]))
        elif change == "cut":
            del data[place:end]
        elif change == "double":
            data[place:place] = data[place:end] * draw(st.integers(1, 5))
        elif change == "insert":
            data[place:place] = draw(st.binary(max_size=20))
        else:
            del data[place:]
    return bytes(data)


@pytest.mark.parametrize("name", TARGETS)
def test_no_octets_do_more_than_be_read_or_refused(name: str) -> None:
    target, seeds = TARGETS[name]

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    @given(spoilt(seeds))
    def run(data: bytes) -> None:
        timed(target, data)

    for seed in seeds:
        timed(target, seed)
    run()


@pytest.mark.parametrize("name", TARGETS)
@pytest.mark.parametrize("repeat", [b"\x30\x80", b"\x30\x00", b"0", b"<a>", b"<a/>", b"\x02\x01\x00", b"\xff", b"&#x"])
def test_large_inputs_cost_little_time_and_memory(name: str, repeat: bytes) -> None:
    target, seeds = TARGETS[name]
    for data in (repeat * (1_000_000 // len(repeat)), repeat * (60_000 // len(repeat)), seeds[0] + repeat * 20_000):
        timed(target, data)
        tracemalloc.start()
        target(data)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < MEMORY
