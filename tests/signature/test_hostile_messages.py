"""Messages made to hurt: cut, lengthened, in BER, too deep, too wide, too long. Refused, soon, in little memory."""

import time
import tracemalloc
from collections.abc import Callable, Iterator

import pytest

from idp.signature import der
from idp.signature.der import Node
from idp.signature.libcrypto import best
from idp.signature.steps import SignatureRefused
from tests.signature import writer
from tests.signature.messages import WantedMessage, attribute
from tests.signature.world import World
from tests.signature.writer import NULL, integer, octets, seq, set_of, tlv


def refused(world: World, message: bytes) -> str:
    with pytest.raises(SignatureRefused) as refusal:
        world.login(message)
    assert refusal.value.steps[-1].result == refusal.value.code
    return refusal.value.code.removeprefix("signature.")


def rewritten(node: Node, change: Callable[[Node], bytes | None]) -> bytes:
    """Write a value again; where ``change`` gives octets, they stand in its place, and all lengths around them fit."""
    other = change(node)
    if other is not None:
        return other
    if node.tag & 0x20:
        return tlv(node.tag, *(rewritten(child, change) for child in node.children))
    return node.raw


def walk(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from walk(child)


def test_any_cut_and_any_addition_is_refused(world: World) -> None:
    message = world.message()
    for length in range(0, len(message), 97):
        assert refused(world, message[:length]) in ("truncated", "not_der")
    assert refused(world, message + b"\0") == "trailing_bytes"


#: Other ways to write the same value, which BER allows and DER does not.
BER: dict[str, Callable[[Node], bytes | None]] = {
    "indefinite length": lambda node: bytes([node.tag, 0x80]) + node.content + b"\0\0" if node.tag & 0x20 else None,
    "a length longer than it need be": lambda node: (
        bytes([node.tag, 0x84]) + (node.end - node.body).to_bytes(4, "big") + node.content
    ),
    "a string in pieces": lambda node: tlv(0x24, node.raw) if node.tag == der.OCTET_STRING else None,
    "a number with a leading zero": lambda node: (
        tlv(der.INTEGER, b"\0", node.content) if node.tag == der.INTEGER and node.content[0] < 0x80 else None
    ),
    "true as one": lambda node: tlv(der.BOOLEAN, b"\1") if node.tag == der.BOOLEAN else None,
}


@pytest.mark.parametrize("case", BER)
def test_ber_is_refused_wherever_it_stands(world: World, case: str) -> None:
    tree = der.read(world.message(wanted=WantedMessage(extra=(attribute("1.2.3.4", writer.TRUE),))))
    places = [node.start for node in walk(tree) if BER[case](node) is not None]
    assert places
    for place in places[:: max(1, len(places) // 25)]:
        changed = rewritten(tree, lambda node, place=place: BER[case](node) if node.start == place else None)  # type: ignore[misc]
        assert refused(world, changed) == "not_der"


def test_something_more_is_refused_wherever_the_schema_has_no_place_for_it(world: World) -> None:
    """A value at the end of any SEQUENCE of the message's own frame."""
    tree = der.read(world.message())
    frame = tree.children[1].children[0]
    signer = frame.children[-1].children[0]
    for place in (tree, frame, frame.children[2], signer, *signer.children[3].children):
        longer = tlv(place.tag, place.content, NULL)
        assert refused(world, rewritten(tree, lambda node: longer if node is place else None)) == "malformed"  # noqa: B023


def test_a_second_signer_is_refused_whoever_it_is(world: World) -> None:
    tree = der.read(world.message())
    other = der.read(world.message(world.holder(kind="rsa")))
    infos = tree.children[1].children[0].children[-1]
    second = other.children[1].children[0].children[-1].children[0].raw
    for pair in ((infos.content, second), (second, infos.content)):
        both = set_of(*pair)
        assert refused(world, rewritten(tree, lambda node: both if node is infos else None)) == "several_signers"  # noqa: B023


def nested(levels: int) -> bytes:
    data = NULL
    for _ in range(levels):
        data = seq(data)
    return data


#: What is put into an unsigned attribute, where anything may stand, and what comes of it.
STUFFED: dict[str, tuple[Callable[[], bytes], str]] = {
    "nested ten thousand deep": (lambda: nested(10_000), "too_deep"),
    "nested deeper than the limit": (lambda: nested(30), "too_deep"),
    "an integer of a megabyte": (lambda: integer(1 << 8_000_000), "too_large"),
    "an integer of sixty thousand octets": (lambda: integer(1 << 400_000), "integer_too_long"),
    "an identifier of a thousand octets": (lambda: tlv(0x06, b"\x81" * 999 + b"\1"), "identifier_too_long"),
    "ten thousand values": (lambda: seq(*[NULL] * 10_000), "too_many_values"),
    "a megabyte": (lambda: octets(bytes(1_000_000)), "too_large"),
    "a length of four gigabytes": (lambda: b"\x04\x84\xff\xff\xff\xff", "truncated"),
    "a length of a length": (lambda: b"\x04\xff" + b"\xff" * 127, "not_der"),
}


@pytest.mark.parametrize("case", STUFFED)
def test_what_is_stuffed_into_a_message_costs_little(world: World, case: str) -> None:
    make, code = STUFFED[case]
    message = world.message(wanted=WantedMessage(unsigned=(attribute("1.2.3.4", make()),)))
    trust = world.trust(points=best())
    before = time.process_time()
    tracemalloc.start()
    with pytest.raises(SignatureRefused) as refusal:
        world.login(message, trust)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert refusal.value.code == f"signature.{code}"
    assert peak < 4_000_000
    assert time.process_time() - before < 1


def test_ten_thousand_certificates_are_refused(world: World) -> None:
    small = WantedMessage(certificates=(world.person.der, *[seq()] * 10_000))
    assert refused(world, world.message(wanted=small)) == "too_many_values"
    few = WantedMessage(certificates=(world.person.der, *[seq()] * 1_000))
    assert refused(world, world.message(wanted=few)) == "too_many_certificates"
    large = WantedMessage(certificates=(world.person.der,) * 10_000)
    assert refused(world, world.message(wanted=large)) == "too_large"


def test_two_certificates_of_one_number_and_issuer_are_refused(world: World) -> None:
    twin = world.holder(serial=world.person.serial, start=writer.day("2026-01-02"))
    both = WantedMessage(certificates=(world.person.der, twin.der))
    assert refused(world, world.message(wanted=both)) == "malformed"


def test_whichever_bit_is_changed_the_message_is_refused(world: World) -> None:
    """But for the frame's version, which nobody signs and which may be 1 or 3."""
    message = world.message(wanted=WantedMessage(certificates=(world.person.der,)))
    trust = world.trust(points=best(), intermediates=(world.centre,))
    world.login(message, trust)
    version = der.read(message).children[1].children[0].children[0].body
    for place in range(0, len(message), 3):
        changed = bytearray(message)
        changed[place] ^= 1 << place // 3 % 8
        if place == version:
            continue
        with pytest.raises(SignatureRefused) as refusal:
            world.login(bytes(changed), trust)
        assert refusal.value.steps[-1].name != "unforeseen"
