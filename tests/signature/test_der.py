"""The strict reader: one encoding for one value, and limits before anything is believed."""

import contextlib
import time
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.kernel.refusal import Refused
from idp.signature import der
from idp.signature.fields import dotted, moment
from tests.signature.writer import integer, octets, oid, seq, tlv


def code_of(data: bytes) -> str:
    with pytest.raises(Refused) as refusal:
        der.read(data)
    return refusal.value.code


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("", "truncated"),
        ("30", "truncated"),
        ("3005020101", "truncated"),
        ("0482", "truncated"),
        ("30800000", "not_der"),  # indefinite length
        ("04810101", "not_der"),  # a short length written long
        ("0482008001", "not_der"),
        ("0485000000000101", "not_der"),
        ("02020001", "not_der"),  # INTEGER with a leading zero
        ("0202ff80", "not_der"),
        ("0200", "not_der"),
        ("0a0200ff", None),
        ("0a020001", "not_der"),
        ("010101", "not_der"),  # BOOLEAN that is neither 00 nor ff
        ("01020000", "not_der"),
        ("050100", "not_der"),
        ("0600", "not_der"),
        ("06028001", "not_der"),  # identifier with a padded part
        ("060181", "not_der"),  # identifier that ends in the middle
        ("0300", "not_der"),
        ("030108", "not_der"),
        ("030101", "not_der"),
        ("03020101", "not_der"),  # unused bits that are not zero
        ("2403040100", "not_der"),  # constructed string
        ("1000", "not_der"),  # primitive SEQUENCE
        ("1f8100", "not_der"),  # high tag
        ("0500ff", "trailing_bytes"),
        ("30050500", "truncated"),
        ("0000", "not_der"),
    ],
)
def test_one_encoding_for_one_value(data: str, code: str | None) -> None:
    if code is None:
        der.read(bytes.fromhex(data))
    else:
        assert code_of(bytes.fromhex(data)) == f"signature.{code}"


def test_pem_is_not_der() -> None:
    """A code of its own: people mistake one for the other, and support can say what to do."""
    for text in (b"-----BEGIN CMS-----\nMIIB\n-----END CMS-----\n", b"\n-----BEGIN PKCS7-----\n" + b"M" * 70_000):
        assert code_of(text) == "signature.pem"


def test_ten_thousand_levels_are_refused() -> None:
    data = b""
    for _ in range(10_000):
        data = tlv(0x30, data)
    assert code_of(data) == "signature.too_deep"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (integer(1 << 8 * 600), "integer_too_long"),
        (seq(integer(1 << 8 * 60_000)), "integer_too_long"),
        (tlv(0x06, b"\x81" * 64 + b"\x01"), "identifier_too_long"),
        (seq(*[tlv(0x05)] * 9_000), "too_many_values"),
        (octets(bytes(70_000)), "too_large"),
        (integer(1 << 8_000_000), "too_large"),
    ],
)
def test_limits(data: bytes, code: str) -> None:
    assert code_of(data) == f"signature.{code}"


@given(st.binary(max_size=300))
def test_whatever_comes_is_read_or_refused(data: bytes) -> None:
    try:
        node = der.read(data)
    except Refused:
        return
    assert node.raw == data
    assert rebuilt(node) == data


def rebuilt(node: der.Node) -> bytes:
    """What was read has one encoding only, so writing it again gives the same octets."""
    return tlv(node.tag, *(rebuilt(child) for child in node.children)) if node.children else tlv(node.tag, node.content)


_LEAVES = st.one_of(
    st.binary(max_size=40).map(octets),
    st.integers(-(1 << 200), 1 << 200).map(integer),
    st.just(tlv(0x05)),
    st.tuples(st.integers(0, 2), st.integers(0, 39), st.lists(st.integers(0, 1 << 40), max_size=6)).map(
        lambda parts: oid(".".join(map(str, (parts[0], parts[1], *parts[2]))))
    ),
)


@given(st.recursive(_LEAVES, lambda inner: st.lists(inner, max_size=5).map(lambda parts: seq(*parts)), max_leaves=30))
def test_what_is_der_is_read(data: bytes) -> None:
    assert der.read(data).raw == data


@given(st.integers(0, 2), st.integers(0, 39), st.lists(st.integers(0, 1 << 60), max_size=5))
def test_identifiers_come_back_as_written(first: int, second: int, rest: list[int]) -> None:
    text = ".".join(map(str, (first, second, *rest)))
    assert dotted(der.read(oid(text)).content) == text


@pytest.mark.parametrize(
    ("data", "year"),
    [
        (tlv(0x17, b"491231235959Z"), 2049),
        (tlv(0x17, b"500101000000Z"), 1950),
        (tlv(0x18, b"20500101000000Z"), 2050),
    ],
)
def test_two_digits_of_a_year_lie_between_1950_and_2049(data: bytes, year: int) -> None:
    assert moment(der.read(data), "test").year == year


@pytest.mark.parametrize(
    "data",
    [
        tlv(0x17, b"2612312359Z"),
        tlv(0x17, b"261231235959+0300"),
        tlv(0x18, b"20261231235959.5Z"),
        tlv(0x18, b"20261331235959Z"),
        tlv(0x17, b"26123123595 Z"),
        tlv(0x17, "２６1231".encode()),
        integer(5),
    ],
)
def test_times_have_seconds_and_end_in_z(data: bytes) -> None:
    with pytest.raises(Refused) as refusal:
        moment(der.read(data), "test")
    assert refusal.value.code == "signature.malformed"


def test_the_largest_messages_cost_little() -> None:
    worst = [
        seq(*[tlv(0x05)] * 8_000),
        seq(*[seq()] * 30_000),
        seq(*[seq(seq(seq()))] * 4_000),
        octets(bytes(65_000)),
        tlv(0x06, b"\x01" * 65_000),
    ]
    for data in worst:
        tracemalloc.start()
        before = time.process_time()
        with contextlib.suppress(Refused):
            der.read(data)
        spent = time.process_time() - before
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert spent < 0.5
        assert peak < 4_000_000
