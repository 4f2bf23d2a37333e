"""What makes a certificate qualified: accreditation on the day of issue, profile, purposes, families (D-10)."""

import json

import pytest

from idp.kernel.refusal import Refused
from idp.signature.algorithms import Family
from idp.signature.extensions import Period
from idp.signature.holder import Expected, Kind
from idp.signature.login import verify_certificate
from idp.signature.steps import SignatureRefused
from idp.signature.trust import GOST_ONLY, read_accredited
from tests.signature.certificates import QUALIFIED, TOOL, extension, key_usage, policies, purposes
from tests.signature.world import AT, CLIENT_AUTH, DIRECTOR, EMAIL, World
from tests.signature.writer import day, integer, seq, utf8

USAGE, PURPOSE = key_usage(0, 1), purposes(CLIENT_AUTH)
ISSUER_TOOL = "1.2.643.100.112"


def code_of(world: World, *extensions: bytes) -> str:
    try:
        world.login(world.message(world.holder(extensions=extensions)))
    except SignatureRefused as refusal:
        return refusal.code.removeprefix("signature.")
    return "accepted"


@pytest.mark.parametrize(
    ("usage", "code"),
    [
        (key_usage(0), "accepted"),
        (key_usage(1), "accepted"),
        (key_usage(0, 1, 2, 3, 4), "accepted"),
        (key_usage(2, 3, 4), "key_usage"),
        (key_usage(7), "key_usage"),
        (b"", "key_usage"),
    ],
)
def test_the_key_may_sign(world: World, usage: bytes, code: str) -> None:
    assert code_of(world, usage, PURPOSE, QUALIFIED, TOOL) == code


@pytest.mark.parametrize(
    ("purpose", "code"),
    [
        (b"", "accepted"),
        (purposes(CLIENT_AUTH), "accepted"),
        (purposes(EMAIL), "accepted"),
        (purposes("2.5.29.37.0"), "accepted"),
        (purposes("1.2.643.2.2.34.6"), "accepted"),  # a centre's own kind
        (purposes("1.3.6.1.5.5.7.3.1", "1.2.643.3.7.8.1"), "accepted"),
        (purposes("1.3.6.1.5.5.7.3.1"), "extended_key_usage"),
        (purposes("1.3.6.1.5.5.7.3.9"), "extended_key_usage"),
        (purposes("1.2.64300.1"), "extended_key_usage"),
    ],
)
def test_a_purpose_of_a_centres_own_is_as_good_as_the_usual_ones(world: World, purpose: bytes, code: str) -> None:
    assert code_of(world, USAGE, *([purpose] if purpose else []), QUALIFIED, TOOL) == code


@pytest.mark.parametrize(
    ("profile", "code"),
    [
        ((QUALIFIED, TOOL), "accepted"),
        ((policies("1.2.643.100.113.6"), TOOL), "accepted"),
        ((TOOL,), "not_qualified"),
        ((policies("1.2.3.4"), TOOL), "not_qualified"),
        ((policies("1.2.643.100.114.1"), TOOL), "not_qualified"),
        ((policies("1.2.643.100.113.7"), TOOL), "not_qualified"),
        ((policies("1.2.643.100.113"), TOOL), "not_qualified"),
        ((QUALIFIED,), "signing_tool_missing"),
        ((QUALIFIED, extension("1.2.643.100.111", utf8(""))), "malformed"),
        ((QUALIFIED, extension("1.2.643.100.111", utf8("я" * 201))), "malformed"),
        ((QUALIFIED, extension("1.2.643.100.111", integer(1))), "malformed"),
        ((QUALIFIED, TOOL, extension(ISSUER_TOOL, seq(*[utf8("средство")] * 4))), "accepted"),
        ((QUALIFIED, TOOL, extension(ISSUER_TOOL, seq(*[utf8("средство")] * 3))), "malformed"),
        ((QUALIFIED, TOOL, extension(ISSUER_TOOL, seq(*[utf8("с" * 101)] * 4))), "malformed"),
    ],
)
def test_the_profile_of_a_qualified_certificate(world: World, profile: tuple[bytes, ...], code: str) -> None:
    assert code_of(world, USAGE, PURPOSE, *profile) == code


ISSUED = day("2026-01-01")


@pytest.mark.parametrize(
    ("periods", "code"),
    [
        ((Period(None, None),), None),
        ((Period(ISSUED, None),), None),
        ((Period(None, day("2026-01-02")),), None),  # ended since: the day of issue counts
        ((Period(day("2020-01-01"), day("2021-01-01")), Period(day("2025-12-31"), None)), None),
        ((Period(day("2026-01-02"), None),), "accreditation_lapsed"),
        ((Period(None, ISSUED),), "accreditation_lapsed"),
        ((Period(day("2020-01-01"), day("2021-01-01")), Period(day("2026-02-01"), None)), "accreditation_lapsed"),
        ((), "accreditation_lapsed"),
    ],
)
def test_accreditation_counts_on_the_day_of_issue(world: World, periods: tuple[Period, ...], code: str | None) -> None:
    trust = world.trust(periods=periods)
    if code is None:
        world.login(trust=trust)
        return
    with pytest.raises(SignatureRefused) as refusal:
        world.login(trust=trust)
    assert refusal.value.code == f"signature.{code}"


def test_the_centre_that_issued_must_be_accredited_not_the_root(world: World) -> None:
    with pytest.raises(SignatureRefused) as refusal:
        world.login(trust=world.trust(centres=(world.root,)))
    assert refusal.value.code == "signature.not_accredited"


@pytest.mark.parametrize(("kind", "accepted"), [("TCA", True), ("512A", True), ("rsa", False), ("p256", False)])
def test_under_the_ministrys_root_only_gost_is_qualified(world: World, kind: str, accepted: bool) -> None:
    message = world.message(world.holder(kind=kind))
    trust = world.trust(qualified=GOST_ONLY)
    if accepted:
        world.login(message, trust)
        return
    with pytest.raises(SignatureRefused) as refusal:
        world.login(message, trust)
    assert refusal.value.code == "signature.family_not_qualified"


def test_a_family_may_count_under_another_root(world: World) -> None:
    message = world.message(world.holder(kind="rsa"))
    world.login(message, world.trust(qualified=frozenset({Family.GOST, Family.RSA})))


def test_a_certificate_from_tls_is_judged_by_the_same_rules(world: World) -> None:
    director = world.holder(DIRECTOR)
    assert verify_certificate([director.der, world.centre.der], world.trust(), AT, Expected()).kind is Kind.LEGAL
    with pytest.raises(SignatureRefused) as refusal:
        verify_certificate([director.der], world.trust(), AT, Expected())
    assert refusal.value.code == "signature.untrusted"
    with pytest.raises(SignatureRefused) as refusal:
        verify_certificate([director.der, world.centre.der], world.trust(lists=()), AT, Expected())
    assert refusal.value.code == "signature.revocation_unknown"


def test_what_was_seen_before_is_judged_by_the_moment_again(world: World) -> None:
    """The checker remembers sound signatures, never verdicts."""
    trust = world.trust()
    world.login(trust=trust)
    world.login(trust=trust)
    with pytest.raises(SignatureRefused) as refusal:
        world.login(trust=trust, at=day("2031-01-01"))
    assert refusal.value.code == "signature.certificate_expired"


def test_a_centre_that_is_listed_twice_has_both_periods() -> None:
    mark = "ab" * 32
    entries = [
        {"sha256": name, "accreditation": [{"from": f"{year}-01-01", "to": f"{year + 1}-01-01"}]}
        for name, year in ((mark, 2020), (mark.upper(), 2025))
    ]
    found = read_accredited(json.dumps(entries))
    assert [period.start for period in found.periods[mark]] == [day("2020-01-01"), day("2025-01-01")]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[1]",
        "[{}]",
        '[{"sha256":"zz","accreditation":[]}]',
        '[{"sha256":"00","accreditation":[]}]',
        "[" * 5000,
    ]
    + ['[{"sha256":"' + "0" * 64 + f'","accreditation":{wrong}}}]' for wrong in ("1", '[{"from":"x"}]', '["x"]')],
)
def test_a_malformed_list_of_centres_is_refused(text: str) -> None:
    if text == "{}":
        assert read_accredited(text).periods == {}
        return
    with pytest.raises(Refused) as refusal:
        read_accredited(text)
    assert refusal.value.code == "signature.accredited_malformed"
