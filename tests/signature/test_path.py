"""The path to an anchor: RFC 5280's rules, each breach with its code, for every mix of families."""

import time
from dataclasses import dataclass
from typing import Any

import pytest

from idp.signature.holder import Expected
from idp.signature.login import verify_certificate
from idp.signature.steps import SignatureRefused
from tests.signature import writer
from tests.signature.certificates import TOOL, Made, Wanted, certificate, constraints, crl, extension, key_usage, name
from tests.signature.world import AT, CENTRE, LEAF, ROOT, World
from tests.signature.writer import FALSE, NULL, TRUE, algorithm, day, integer, octets, seq, tlv


@dataclass(frozen=True)
class Built:
    """A hierarchy in which one thing differs."""

    root: Made
    centre: Made
    leaf: Made
    between: tuple[Made, ...] = ()


def judge(world: World, built: Built, anchors: tuple[Made, ...] | None = None) -> None:
    centres = (built.root, *built.between, built.centre)
    trust = world.trust(
        anchors=anchors or (built.root,),
        centres=(built.centre,),
        lists=tuple(crl(made) for made in centres),
    )
    chain = [built.leaf.der, built.centre.der, *(made.der for made in built.between)]
    verify_certificate(chain, trust, AT, Expected())


def build(
    world: World,
    root: dict[str, Any] | None = None,
    centre: dict[str, Any] | None = None,
    leaf: dict[str, Any] | None = None,
    kinds: tuple[str, str, str] = ("512A", "TCA", "TCA"),
) -> Built:
    periods = {"start": day("2021-01-01"), "end": day("2040-01-01")}
    common: dict[str, Any] = {
        "subject": name(("CN", "Другой корень")),
        "key": world.keys(kinds[0], 5),
        "extensions": ROOT,
    }
    made_root = certificate(Wanted(**(common | periods | (root or {}))))
    common = {"subject": name(("CN", "Другой УЦ")), "key": world.keys(kinds[1], 6), "extensions": CENTRE, "serial": 2}
    made_centre = certificate(Wanted(**(common | periods | (centre or {}))), made_root)
    return Built(made_root, made_centre, world.holder(by=made_centre, kind=kinds[2], **(leaf or {})))


def period(start: str = "", end: str = "") -> bytes:
    parts = [tlv(tag, text.encode()) for tag, text in ((0x80, start), (0x81, end)) if text]
    return extension("2.5.29.16", seq(*parts))


#: What differs in the hierarchy, and the code.
FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "holder expired": ({"leaf": {"end": day("2026-11-01")}}, "certificate_expired"),
    "holder not yet valid": ({"leaf": {"start": day("2026-12-01")}}, "certificate_not_yet_valid"),
    "holder's key period over": (
        {"leaf": {"extensions": (*LEAF, period("20260101000000Z", "20261101000000Z"))}},
        "key_period",
    ),
    "holder's key period not begun": ({"leaf": {"extensions": (*LEAF, period("20261201000000Z"))}}, "key_period"),
    "an empty key period": ({"leaf": {"extensions": (*LEAF, period())}}, "malformed"),
    "holder is a centre": ({"leaf": {"extensions": (*LEAF, constraints(TRUE))}}, "holder_is_centre"),
    "holder has an unknown critical extension": (
        {"leaf": {"extensions": (*LEAF, extension("1.2.3.4", NULL, critical=True))}},
        "critical_extension",
    ),
    "centre has name constraints": (
        {"centre": {"extensions": (*CENTRE, extension("2.5.29.30", seq(), critical=True))}},
        "critical_extension",
    ),
    "an extension twice": ({"leaf": {"extensions": (*LEAF, TOOL)}}, "extension_twice"),
    "an encoded default": (
        {"leaf": {"extensions": (*LEAF, seq(writer.oid("1.2.3.4"), FALSE, octets(NULL)))}},
        "not_der",
    ),
    "holder of version 1": ({"leaf": {"version": None, "extensions": ()}}, "malformed"),
    "holder of version 2": ({"leaf": {"version": 1}}, "malformed"),
    "a serial number below zero": ({"leaf": {"serial": -5}}, "malformed"),
    "a serial number of 21 octets": ({"leaf": {"serial": 1 << 161}}, "malformed"),
    "inner and outer algorithm differ": ({"leaf": {"outer": algorithm(writer.GOST_256, NULL)}}, "algorithm_differs"),
    "SHA-1 in the holder's certificate": (
        {"leaf": {"inner": algorithm("1.2.840.113549.1.1.5", NULL)}},
        "certificate_forged",
    ),
    "GOST 2001 in the holder's certificate": ({"leaf": {"inner": algorithm("1.2.643.2.2.3")}}, "certificate_forged"),
    "the key's identifier for a certificate's signature": (
        {"leaf": {"inner": algorithm("1.2.643.7.1.1.1.1")}},
        "certificate_forged",
    ),
    "holder signed by another key": ({"leaf": {"signature": bytes(range(1, 65))}}, "certificate_forged"),
    "centre expired": ({"centre": {"end": day("2026-11-01")}}, "centre_expired"),
    "centre not yet valid": ({"centre": {"start": day("2026-12-01")}}, "centre_not_yet_valid"),
    "root expired": ({"root": {"end": day("2026-11-01")}}, "centre_expired"),
    "centre's key period ended before it issued": (
        {"centre": {"extensions": (*CENTRE, period("20210101000000Z", "20220101000000Z"))}},
        "centre_key_period",
    ),
    "centre without basicConstraints": ({"centre": {"extensions": (key_usage(5, 6),)}}, "not_a_centre"),
    "centre that says it is none": ({"centre": {"extensions": (constraints(), key_usage(5, 6))}}, "not_a_centre"),
    "centre without keyUsage": ({"centre": {"extensions": (constraints(TRUE),)}}, "centre_may_not_certify"),
    "centre without keyCertSign": (
        {"centre": {"extensions": (constraints(TRUE), key_usage(0, 6))}},
        "centre_may_not_certify",
    ),
    "root without keyCertSign": ({"root": {"extensions": (constraints(TRUE), key_usage(6))}}, "centre_may_not_certify"),
    "a path longer than the root allows": (
        {"root": {"extensions": (constraints(TRUE, integer(0)), key_usage(5, 6))}},
        "path_too_long",
    ),
    "a negative path length": (
        {"centre": {"extensions": (constraints(TRUE, integer(-1)), key_usage(5, 6))}},
        "malformed",
    ),
}


@pytest.mark.parametrize("case", FAULTS)
def test_a_path_with_a_fault_is_refused_for_it(world: World, case: str) -> None:
    changes, code = FAULTS[case]
    with pytest.raises(SignatureRefused) as refusal:
        judge(world, build(world, **changes))
    assert refusal.value.code == f"signature.{code}"
    assert refusal.value.steps[-1].result == refusal.value.code


@pytest.mark.parametrize(
    "kinds", [("512A", "TCA", "TCA"), ("rsa", "p256", "TCA"), ("p384", "512C", "rsa"), ("XA", "rsa", "p521")]
)
def test_families_may_mix_in_a_path(world: World, kinds: tuple[str, str, str]) -> None:
    judge(world, build(world, kinds=kinds))


@pytest.mark.parametrize(
    "extensions",
    [
        (*LEAF, period("20260101000000Z", "20270101000000Z")),
        (*LEAF, period(end="20270101000000Z")),
        (*LEAF, extension("1.2.3.4", NULL)),
        (*LEAF, constraints()),
        (*LEAF, extension("1.2.643.100.114", integer(0))),
    ],
)
def test_what_the_rules_allow_is_accepted(world: World, extensions: tuple[bytes, ...]) -> None:
    judge(world, build(world, leaf={"extensions": extensions}))


def test_an_unknown_root_is_not_trusted(world: World) -> None:
    with pytest.raises(SignatureRefused) as refusal:
        judge(world, build(world), anchors=(world.root,))
    assert refusal.value.code == "signature.untrusted"


def test_a_root_of_the_same_name_with_another_key_is_not_trusted(world: World) -> None:
    built = build(world)
    other = certificate(
        Wanted(built.root.subject, world.keys("512A", 8), ROOT, 1, day("2021-01-01"), day("2040-01-01"))
    )
    with pytest.raises(SignatureRefused) as refusal:
        judge(world, built, anchors=(other,))
    assert refusal.value.code == "signature.certificate_forged"


def test_the_right_one_of_two_centres_with_one_name_is_found(world: World) -> None:
    built = build(world)
    renewed = certificate(
        Wanted(built.centre.subject, world.keys("TCA", 9), CENTRE, 3, day("2021-01-01"), day("2040-01-01")), built.root
    )
    trust = world.trust(anchors=(built.root,), centres=(built.centre,), lists=(crl(built.root), crl(built.centre)))
    verify_certificate([built.leaf.der, renewed.der, built.centre.der], trust, AT, Expected())


def test_of_two_centres_with_one_name_the_right_ones_fault_is_told(world: World) -> None:
    built = build(world, leaf={"end": day("2026-11-01")})
    renewed = certificate(
        Wanted(built.centre.subject, world.keys("TCA", 9), CENTRE, 3, day("2021-01-01"), day("2040-01-01")), built.root
    )
    trust = world.trust(anchors=(built.root,), centres=(built.centre,), lists=(crl(built.root), crl(built.centre)))
    for chain in ([renewed, built.centre], [built.centre, renewed]):
        with pytest.raises(SignatureRefused) as refusal:
            verify_certificate([built.leaf.der, *(made.der for made in chain)], trust, AT, Expected())
        assert refusal.value.code == "signature.certificate_expired"


def test_key_identifiers_that_differ_break_the_path(world: World) -> None:
    centre = (*CENTRE, extension("2.5.29.14", octets(b"one")))
    leaf = (*LEAF, extension("2.5.29.35", seq(tlv(0x80, b"two"))))
    with pytest.raises(SignatureRefused) as refusal:
        judge(world, build(world, centre={"extensions": centre}, leaf={"extensions": leaf}))
    assert refusal.value.code == "signature.untrusted"


def between(world: World, lengths: tuple[int | None, ...], renewed: bool = False) -> Built:
    """Put centres between the root and the one that issues; each allows so many to follow."""
    root = build(world).root
    above, made = root, []
    for index, length in enumerate(lengths):
        subject = above.subject if renewed and index else name(("CN", f"Промежуточный {index}"))
        parts = (TRUE,) if length is None else (TRUE, integer(length))
        extensions = (constraints(*parts), key_usage(5, 6))
        wanted = Wanted(
            subject, world.keys("XA", 20 + index), extensions, 50 + index, day("2021-01-01"), day("2040-01-01")
        )
        above = certificate(wanted, above)
        made.append(above)
    return Built(root, made[-1], world.holder(by=above), tuple(made[:-1]))


@pytest.mark.parametrize(
    ("lengths", "code"),
    [
        ((1, 0), None),
        ((0, 0), "path_too_long"),
        ((None, None, None), None),
        ((2, None, 0), None),
        ((1, None, 0), "path_too_long"),
        ((None,) * 4, None),
        ((None,) * 5, "untrusted"),  # longer than a path may be
    ],
)
def test_path_lengths_count_the_centres_that_follow(
    world: World, lengths: tuple[int | None, ...], code: str | None
) -> None:
    built = between(world, lengths)
    if code is None:
        judge(world, built)
        return
    with pytest.raises(SignatureRefused) as refusal:
        judge(world, built)
    assert refusal.value.code == f"signature.{code}"


def test_a_renewed_name_does_not_count(world: World) -> None:
    judge(world, between(world, (0, 0), renewed=True))


def test_namesakes_without_number_cost_little(world: World) -> None:
    """Names alone may allow a great many paths; only a few are tried."""
    subject = name(("CN", "Двойник"))
    period = day("2021-01-01"), day("2040-01-01")
    twins = [
        certificate(Wanted(subject, world.keys("p256", number), CENTRE, 70 + number, *period)) for number in range(9)
    ]
    leaf = world.holder(by=twins[0])
    trust = world.trust(intermediates=tuple(twins))

    before = time.process_time()
    with pytest.raises(SignatureRefused) as refusal:
        verify_certificate([leaf.der, *(made.der for made in twins)], trust, AT, Expected())
    assert refusal.value.code == "signature.untrusted"
    assert time.process_time() - before < 0.5


@pytest.mark.parametrize("chain", [[], [b""], [b"\x30\x00"], [b"\x30" * 50]])
def test_a_chain_that_is_none_is_refused(world: World, chain: list[bytes]) -> None:
    with pytest.raises(SignatureRefused):
        verify_certificate(chain, world.trust(), AT, Expected())


def test_a_chain_of_eleven_is_refused(world: World) -> None:
    with pytest.raises(SignatureRefused) as refusal:
        verify_certificate([world.person.der] * 11, world.trust(), AT, Expected())
    assert refusal.value.code == "signature.too_many_certificates"
