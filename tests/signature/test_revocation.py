"""Revocation: lists and answers count only when they are sound, current, in scope and from who may give them."""

import tracemalloc
from collections.abc import Callable

import pytest

from idp.kernel.refusal import Refused
from idp.signature.crl import read_list
from idp.signature.steps import SignatureRefused
from idp.signature.trust import Unknown
from tests.signature import certificates, messages, writer
from tests.signature.certificates import (
    Made,
    crl,
    crl_entry,
    extension,
    key_usage,
    name,
    reason,
)
from tests.signature.world import CHALLENGE, LEAF, World
from tests.signature.writer import NULL, day, integer, octets, seq, tlv


def code_of(
    world: World, *, lists: tuple[bytes, ...] = (), answers: tuple[bytes, ...] = (), signer: Made | None = None
) -> str:
    """Judge a login with these lists and answers beside the root's list; return the code, or accepted."""
    trust = world.trust(lists=(crl(world.root), *lists), answers=answers)
    try:
        world.login(world.message(signer), trust)
    except SignatureRefused as refusal:
        return refusal.code.removeprefix("signature.")
    return "accepted"


def issuing_point(*parts: bytes) -> bytes:
    return extension("2.5.29.28", seq(*parts), critical=True)


def uri(address: str) -> bytes:
    return tlv(0x86, address.encode())


#: A list of the centre's, and what comes of it.
LISTS: dict[str, tuple[Callable[[World], bytes], str]] = {
    "clear": (lambda world: crl(world.centre), "accepted"),
    "clear, with other numbers": (
        lambda world: crl(world.centre, *(crl_entry(number) for number in range(1, 200))),
        "accepted",
    ),
    "revoked": (lambda world: crl(world.centre, crl_entry(1), crl_entry(world.person.serial), crl_entry(3)), "revoked"),
    "key compromised": (lambda world: crl(world.centre, crl_entry(world.person.serial, reason(1))), "revoked"),
    "on hold": (lambda world: crl(world.centre, crl_entry(world.person.serial, reason(6))), "revoked"),
    "revoked from tomorrow": (
        lambda world: crl(world.centre, crl_entry(world.person.serial, since=day("2026-11-25"))),
        "revoked",
    ),
    "expired": (lambda world: crl(world.centre, end=day("2026-11-20")), "list_expired"),
    "from the future": (lambda world: crl(world.centre, start=day("2026-11-25")), "list_not_yet_valid"),
    "signed by another key": (lambda world: crl(world.centre, signed_by=world.keys("TCA", 7)), "list_forged"),
    "of another issuer": (lambda world: crl(world.centre, issuer=name(("CN", "Чужой"))), "revocation_unknown"),
    "of the root in the centre's name": (
        lambda world: crl(world.root, issuer=world.centre.subject),
        "list_forged",
    ),
    "for centres only": (
        lambda world: crl(world.centre, extensions=[issuing_point(tlv(0x82, b"\xff"))]),
        "revocation_unknown",
    ),
    "for users only": (lambda world: crl(world.centre, extensions=[issuing_point(tlv(0x81, b"\xff"))]), "accepted"),
    "for another address": (
        lambda world: crl(world.centre, extensions=[issuing_point(tlv(0xA0, tlv(0xA0, uri("http://a/1"))))]),
        "revocation_unknown",
    ),
    "with another key identifier": (
        lambda world: crl(world.centre, extensions=[extension("2.5.29.35", seq(tlv(0x80, b"other")))]),
        "accepted",  # the centre's certificate has no key identifier to compare
    ),
    "none": (lambda world: crl(world.root), "revocation_unknown"),
}


@pytest.mark.parametrize("case", LISTS)
def test_a_list_counts_when_it_may(world: World, case: str) -> None:
    make, outcome = LISTS[case]
    assert code_of(world, lists=(make(world),)) == outcome


#: What makes a list one of a kind that proves nothing here: it may leave out what a plain list would say.
UNUSABLE: dict[str, Callable[[World], bytes]] = {
    "delta list": lambda world: crl(world.centre, extensions=[extension("2.5.29.27", integer(1), critical=True)]),
    "indirect list": lambda world: crl(world.centre, extensions=[issuing_point(tlv(0x84, b"\xff"))]),
    "some reasons only": lambda world: crl(world.centre, extensions=[issuing_point(tlv(0x83, b"\x01\x40"))]),
    "attribute certificates": lambda world: crl(world.centre, extensions=[issuing_point(tlv(0x85, b"\xff"))]),
    "a name below the issuer's": lambda world: crl(
        world.centre, extensions=[issuing_point(tlv(0xA0, tlv(0xA1, name(("CN", "x"))[2:])))]
    ),
    "unknown critical extension": lambda world: crl(
        world.centre, extensions=[extension("1.2.3.4", NULL, critical=True)]
    ),
    "unknown critical extension of an entry": lambda world: crl(
        world.centre, crl_entry(5), crl_entry(6, extension("2.5.29.29", seq(), critical=True)), crl_entry(7)
    ),
}


@pytest.mark.parametrize("case", UNUSABLE)
def test_a_list_that_we_do_not_understand_proves_nothing(world: World, case: str) -> None:
    item = UNUSABLE[case](world)
    assert code_of(world, lists=(item,)) == "list_unusable"
    assert code_of(world, lists=(item, crl(world.centre))) == "accepted"


#: Octets that are no list.
UNREADABLE: dict[str, tuple[Callable[[World], bytes], str]] = {
    "another version": (lambda world: crl(world.centre, version=0), "malformed"),
    "trailing byte": (lambda world: crl(world.centre) + b"\0", "trailing_bytes"),
    "cut": (lambda world: crl(world.centre)[:-3], "truncated"),
    "an entry that is none": (lambda world: crl(world.centre, tlv(0x04, b"x")), "malformed"),
    "users and centres only": (
        lambda world: crl(world.centre, extensions=[issuing_point(tlv(0x81, b"\xff"), tlv(0x82, b"\xff"))]),
        "malformed",
    ),
    "text": (lambda world: b"-----BEGIN X509 CRL-----\n", "pem"),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_octets_that_are_no_list_are_refused(world: World, case: str) -> None:
    make, code = UNREADABLE[case]
    with pytest.raises(Refused) as refusal:
        read_list(make(world))
    assert refusal.value.code == f"signature.{code}"


@pytest.mark.parametrize("version", [None, 1])
def test_a_list_without_extensions_is_a_list(world: World, version: int | None) -> None:
    plain = crl(world.centre, crl_entry(5), extensions=None, version=version)
    assert read_list(plain).number is None
    assert code_of(world, lists=(plain,)) == "accepted"
    revoked = crl(world.centre, crl_entry(world.person.serial), extensions=None, version=version)
    assert code_of(world, lists=(revoked,)) == "revoked"


def test_a_list_for_an_address_covers_who_names_the_address(world: World) -> None:
    point = extension("2.5.29.31", seq(seq(tlv(0xA0, tlv(0xA0, uri("http://a/1"))))))
    signer = world.holder(extensions=(*LEAF, point))
    item = crl(world.centre, extensions=[issuing_point(tlv(0xA0, tlv(0xA0, uri("http://a/1"))))])
    assert code_of(world, lists=(item,), signer=signer) == "accepted"


def test_a_centre_without_the_right_signs_no_lists(world: World) -> None:
    centre = world.make_centre(extensions=(certificates.constraints(writer.TRUE), key_usage(5)))
    leaf = world.holder(by=centre)
    trust = world.trust(centres=(centre,), lists=(crl(world.root), crl(centre)))
    with pytest.raises(SignatureRefused) as refusal:
        world.login(message_of(leaf, centre), trust)
    assert refusal.value.code == "signature.list_issuer"


def message_of(leaf: Made, centre: Made) -> bytes:
    return messages.message(CHALLENGE, leaf, (centre,))


def test_a_revoked_centre_takes_its_holders_along(world: World) -> None:
    trust = world.trust(lists=(crl(world.root, crl_entry(world.centre.serial)), crl(world.centre)))
    with pytest.raises(SignatureRefused) as refusal:
        world.login(trust=trust)
    assert refusal.value.code == "signature.centre_revoked"


@pytest.mark.parametrize("lists", ["root", "centre", "none"])
def test_every_certificate_below_the_anchor_must_be_covered(world: World, lists: str) -> None:
    given = {"root": (crl(world.root),), "centre": (crl(world.centre),), "none": ()}[lists]
    with pytest.raises(SignatureRefused) as refusal:
        world.login(trust=world.trust(lists=given))
    assert refusal.value.code == "signature.revocation_unknown"


def test_what_unknown_means_is_the_callers_to_say(world: World) -> None:
    holder = world.login(trust=world.trust(lists=(), unknown=Unknown.ALLOW))
    assert [step.result for step in holder.steps if step.name == "revocation"] == ["signature.revocation_unknown"] * 2

    revoked = crl(world.centre, crl_entry(world.person.serial))
    with pytest.raises(SignatureRefused) as refusal:
        world.login(trust=world.trust(lists=(revoked,), unknown=Unknown.ALLOW))
    assert refusal.value.code == "signature.revoked"


def test_revoked_by_one_list_is_revoked(world: World) -> None:
    revoked, clear = crl(world.centre, crl_entry(world.person.serial)), crl(world.centre)
    assert code_of(world, lists=(clear, revoked)) == code_of(world, lists=(revoked, clear)) == "revoked"
    assert code_of(world, lists=(crl(world.centre, end=day("2026-11-20")), clear)) == "accepted"


@pytest.mark.parametrize("serial", [1, 127, 128, 255, 256, 65535, 1 << 64, (1 << 159) - 1])
def test_a_serial_number_is_found_whatever_its_length(world: World, serial: int) -> None:
    others = [number for number in (2, 129, 300, 1 << 63) if number != serial]
    found = read_list(crl(world.centre, *(crl_entry(number) for number in (*others, serial)), crl_entry(9)))

    entry = found.find(serial)
    assert entry is not None
    assert entry.serial == serial
    assert found.find(serial + 1_000_000) is None
    assert [item.serial for item in found.entries()] == [*others, serial, 9]
    assert found.number == 7


def test_octets_that_only_look_like_a_serial_number_do_not_revoke(world: World) -> None:
    """The number's encoding stands in an extension of an entry here, not where numbers of certificates stand."""
    hidden = extension("1.2.3.4", octets(integer(world.person.serial)))
    assert code_of(world, lists=(crl(world.centre, crl_entry(5, hidden)),)) == "accepted"


def test_a_large_list_is_read_within_its_own_size(world: World) -> None:
    entries = b"".join(crl_entry((7 << 64) + number, reason(4)) for number in range(6_000))
    tracemalloc.start()
    found = read_list(crl(world.centre, entries))
    assert found.count == 6_000
    assert sum(1 for _ in found.entries()) == 6_000
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 * len(found.octets) + 1_000_000
