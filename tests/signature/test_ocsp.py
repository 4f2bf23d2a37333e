"""OCSP answers: what they say counts only from who may say it, about whom, and while it holds."""

from collections.abc import Callable
from typing import Any

import pytest

from idp.kernel.refusal import Refused
from idp.signature.ocsp import read_answer
from idp.signature.revocation import State
from idp.signature.steps import SignatureRefused
from tests.signature import writer
from tests.signature.certificates import (
    Made,
    Wanted,
    certificate,
    crl,
    crl_entry,
    extension,
    key_usage,
    name,
    purposes,
)
from tests.signature.messages import WantedAnswer, ocsp
from tests.signature.world import AT, World
from tests.signature.writer import NULL, day, moment, octets, seq, tlv

OCSP_SIGNING = "1.3.6.1.5.5.7.3.9"
NO_CHECK = extension("1.3.6.1.5.5.7.48.1.5", NULL)


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


def delegate(world: World, *extensions: bytes, by: Made | None = None, **changes: Any) -> Made:
    wanted: dict[str, Any] = {
        "subject": name(("CN", "Ответчик")),
        "key": world.keys("TCB", 3),
        "extensions": extensions or (key_usage(0), purposes(OCSP_SIGNING), NO_CHECK),
        "serial": 900,
    }
    return certificate(Wanted(**(wanted | changes)), by or world.centre)


def answer(world: World, **changes: Any) -> bytes:
    return ocsp(world.person, world.centre, WantedAnswer(**changes))


def delegated(world: World, made: Made, **changes: Any) -> bytes:
    return answer(world, responder=made, certificates=(made.der,), **changes)


REVOKED = tlv(0xA1, moment(day("2026-05-01"), generalized=True))
ON_HOLD = tlv(0xA1, moment(day("2026-05-01"), generalized=True), tlv(0xA0, tlv(0x0A, b"\x06")))

#: An answer about the holder, and what comes of it.
ANSWERS: dict[str, tuple[Callable[[World], bytes], str]] = {
    "good": (lambda world: answer(world), "accepted"),
    "good, issuer by SHA-256": (lambda world: answer(world, naming=writer.SHA256), "accepted"),
    "good, issuer by Streebog": (lambda world: answer(world, naming=writer.STREEBOG_256), "accepted"),
    "good, responder by name": (lambda world: answer(world, by_name=True), "accepted"),
    "good, with a nonce": (
        lambda world: answer(world, extensions=(extension("1.3.6.1.5.5.7.48.1.2", octets(b"n")),)),
        "accepted",
    ),
    "good, until further notice, fresh": (lambda world: answer(world, start=AT, end=None), "accepted"),
    "good, until further notice, stale": (lambda world: answer(world, end=None), "answer_expired"),
    "revoked": (lambda world: answer(world, status=REVOKED), "revoked"),
    "on hold": (lambda world: answer(world, status=ON_HOLD), "revoked"),
    "unknown": (lambda world: answer(world, status=tlv(0x82)), "revocation_unknown"),
    "expired": (lambda world: answer(world, end=day("2026-11-24T11:00:00")), "answer_expired"),
    "from the future": (lambda world: answer(world, start=day("2026-11-25")), "answer_not_yet_valid"),
    "produced in the future": (lambda world: answer(world, produced=day("2026-11-25")), "answer_not_yet_valid"),
    "about another number": (lambda world: answer(world, serial=1), "revocation_unknown"),
    "of another centre": (lambda world: ocsp(world.person, world.root, WantedAnswer()), "revocation_unknown"),
    "signed by another key": (lambda world: answer(world, signed_by=world.keys("TCA", 7)), "answer_forged"),
    "by a delegate": (lambda world: delegated(world, delegate(world)), "accepted"),
    "by a delegate, by name": (lambda world: delegated(world, delegate(world), by_name=True), "accepted"),
    "by a delegate that is not sent along": (
        lambda world: answer(world, responder=delegate(world)),
        "answer_responder",
    ),
    "by a holder without the right": (
        lambda world: delegated(world, delegate(world, key_usage(0), purposes("1.3.6.1.5.5.7.3.2"), NO_CHECK)),
        "answer_responder",
    ),
    "by a delegate without any purpose": (
        lambda world: delegated(world, delegate(world, key_usage(0), NO_CHECK)),
        "answer_responder",
    ),
    "by a delegate whose key may not sign": (
        lambda world: delegated(world, delegate(world, key_usage(4), purposes(OCSP_SIGNING), NO_CHECK)),
        "answer_responder",
    ),
    "by a delegate of another centre": (
        lambda world: delegated(world, delegate(world, by=world.root)),
        "answer_responder",
    ),
    "by an expired delegate": (
        lambda world: delegated(world, delegate(world, end=day("2026-11-01"))),
        "answer_responder",
    ),
    "by a forged delegate": (
        lambda world: delegated(world, delegate(world, signature=bytes(range(1, 65)))),
        "answer_responder",
    ),
    "by a delegate of whom nothing is known": (
        lambda world: delegated(world, delegate(world, key_usage(0), purposes(OCSP_SIGNING))),
        "answer_responder",
    ),
}


@pytest.mark.parametrize("case", ANSWERS)
def test_an_answer_counts_when_it_may(world: World, case: str) -> None:
    make, outcome = ANSWERS[case]
    assert code_of(world, answers=(make(world),)) == outcome


def test_a_delegate_is_itself_looked_up(world: World) -> None:
    made = delegate(world, key_usage(0), purposes(OCSP_SIGNING))
    good = delegated(world, made, status=REVOKED)
    assert code_of(world, answers=(good,), lists=(crl(world.centre),)) == "revoked"
    assert code_of(world, answers=(good,), lists=(crl(world.centre, crl_entry(made.serial)),)) == "accepted"


def test_revoked_by_an_answer_outweighs_a_clear_list(world: World) -> None:
    assert code_of(world, answers=(answer(world, status=REVOKED),), lists=(crl(world.centre),)) == "revoked"


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda world: answer(world, response_status=3), "answer_unusable"),
        (lambda world: answer(world) + b"\0", "trailing_bytes"),
        (lambda world: answer(world)[:-1], "truncated"),
        (
            lambda world: answer(world, extensions=(extension("1.2.3.4", NULL, critical=True),)),
            "critical_extension",
        ),
        (lambda world: answer(world, certificates=(seq(),) * 5), "too_many_certificates"),
    ],
)
def test_an_answer_that_is_none_is_not_read(world: World, make: Callable[[World], bytes], code: str) -> None:
    with pytest.raises(Refused) as refusal:
        read_answer(make(world))
    assert refusal.value.code == f"signature.{code}"


def test_the_answers_of_openssl_are_read(world: World, tmp_path: Any) -> None:
    for file, made in (("ca", world.centre), ("leaf", world.person)):
        (tmp_path / f"{file}.cer").write_bytes(made.der)
        (tmp_path / f"{file}.pem").write_bytes(
            world.keys.run("x509", "-inform", "DER", "-in", str(tmp_path / f"{file}.cer"))
        )
    serial = f"{world.person.serial:X}".zfill(6 if world.person.serial > 0xFFFF else 4)
    (tmp_path / "index").write_text(f"V\t300101000000Z\t\t{serial}\tunknown\t/CN=x\n")
    world.keys.run(
        *(
            "ocsp",
            "-issuer",
            str(tmp_path / "ca.pem"),
            "-cert",
            str(tmp_path / "leaf.pem"),
            "-index",
            str(tmp_path / "index"),
        ),
        *("-CA", str(tmp_path / "ca.pem"), "-rsigner", str(tmp_path / "ca.pem"), "-rkey", str(world.centre.key.pem)),
        *("-rmd", "md_gost12_256", "-ndays", "1", "-respout", str(tmp_path / "answer")),
    )
    data = (tmp_path / "answer").read_bytes()
    found = read_answer(data)
    trust = world.trust(lists=(), answers=(data,))
    leaf, centre = (trust.checker.certificate(made.der) for made in (world.person, world.centre))

    assert trust.revocations.standing(leaf, centre, found.singles[0].this_update).state is State.GOOD
