"""``idp signatures check`` over the samples of every verdict: exit codes, what is printed, what is wrong usage."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from idp.cli.signatures import signatures

SAMPLES = Path(__file__).parent / "vectors/samples"
INDEX = json.loads((SAMPLES / "index.json").read_text())

#: The reasons of the samples' index in our codes.
CODES = {
    "ok": None,
    "expired": "signature.certificate_expired",
    "revoked": "signature.revoked",
    "digest_mismatch": "signature.other_content",
    "untrusted": "signature.untrusted",
    "identity": "signature.organisation_without_ogrn",
}
Check = Callable[..., Result]


def check(folder: str = "good-gost256-director", *more: str, without: tuple[str, ...] = (), **changes: str) -> Result:
    """Run the command over a sample; ``without`` leaves options out, ``changes`` replaces their values."""
    place = SAMPLES / folder
    options = [
        ("message", str(place / "signature.p7s")),
        ("content", str(place / "challenge.bin")),
        *(("anchor", str(SAMPLES / path)) for path in INDEX["trust_anchors"]),
        ("accredited", str(SAMPLES / INDEX["accredited"])),
        ("crl", str(place / "ca.crl")),
        ("crl", str(place / "root.crl")),
        ("at", INDEX["verify_at"]),
    ]
    arguments = ["check"]
    for name, value in options:
        if name not in without:
            arguments += [f"--{name}", changes.get(name, value)]
    return CliRunner().invoke(signatures, [*arguments, *more])


def report(result: Result) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(result.output)
    return found


@pytest.mark.parametrize("case", INDEX["cases"], ids=lambda case: case["folder"])
def test_every_sample_gets_its_verdict(case: dict[str, str]) -> None:
    result = check(case["folder"], "--json")
    found = report(result)

    assert result.exit_code == (0 if case["verdict"] == "accept" else 1)
    assert found["verdict"] == ("accepted" if case["verdict"] == "accept" else "refused")
    assert found["code"] == CODES[case["reason"]]
    assert found["steps"][-1]["result"] == (found["code"] or "passed")
    assert {step["result"] for step in found["steps"][:-1]} == {"passed"}
    assert found["words"].keys() == (set() if found["code"] is None else {"ru", "en"})
    assert (found["holder"] is None) == (case["verdict"] != "accept")


def test_the_holder_is_printed() -> None:
    holder = report(check("good-gost256-director", "--json"))["holder"]
    assert holder["kind"] == "legal"
    assert holder["ogrn"] == "1027800900016"
    assert holder["innle"] == "7809000014"
    assert holder["snils"] == "20020020137"
    assert (holder["surname"], holder["given_name"], holder["title"]) == ("Образцов", "Семён Ильич", "Директор")


def test_people_get_lines() -> None:
    result = check("bad-revoked")
    assert result.output.startswith(
        "verdict: refused\ncode: signature.revoked\n  Сертификат отозван или приостановлен."
    )
    assert "\n  The certificate has been revoked or suspended." in result.output
    assert "message.signature: passed" in result.output


@pytest.mark.parametrize(
    ("expected", "code"),
    [
        ({}, None),
        ({"kind": "legal", "ogrn": "1027800900016", "snils": "20020020137"}, None),
        ({"surname": "ОБРАЗЦОВ", "given_name": "семен ильич", "inn": None}, None),
        ({"surname": "Другой"}, "signature.name_differs"),
        ({"kind": "person"}, "signature.kind_differs"),
        ({"snils": "20020020238"}, "signature.snils_differs"),
    ],
)
def test_what_is_expected_must_agree(expected: dict[str, Any], code: str | None, tmp_path: Path) -> None:
    (tmp_path / "expect.json").write_text(json.dumps(expected))
    result = check("good-gost256-director", "--json", "--expect", str(tmp_path / "expect.json"))
    assert report(result)["code"] == code
    assert result.exit_code == (0 if code is None else 1)


def test_a_certificate_that_nothing_covers_has_its_own_code() -> None:
    result = check("good-gost256-director", "--json", without=("crl",))
    assert (result.exit_code, report(result)["code"]) == (1, "signature.revocation_unknown")


def test_a_list_that_cannot_be_read_proves_nothing(tmp_path: Path) -> None:
    (tmp_path / "broken.crl").write_bytes(b"\x30\x80\x00\x00")
    result = check("good-gost256-director", "--json", crl=str(tmp_path / "broken.crl"))
    assert report(result)["code"] == "signature.revocation_unknown"
    assert report(result)["steps"][0] == {"step": "crl.read", "result": "signature.not_der", "detail": "broken.crl"}


def test_without_anchors_nothing_is_trusted() -> None:
    assert report(check("good-rsa-person", "--json", without=("anchor",)))["code"] == "signature.untrusted"


def test_without_accreditation_nothing_is_qualified() -> None:
    assert report(check("good-rsa-person", "--json", without=("accredited",)))["code"] == "signature.not_accredited"


@pytest.mark.parametrize("data", [b"", b"-----BEGIN CMS-----\nMII=\n", b"\x30\x82", bytes(100), b"\xff" * 100_000])
def test_a_message_that_is_none_is_refused_not_an_error(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "message").write_bytes(data)
    result = check("good-rsa-person", "--json", message=str(tmp_path / "message"))
    assert (result.exit_code, report(result)["verdict"]) == (1, "refused")


PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"

#: What is wrong about a file of the one who asks, and the words that say so.
MISUSED = [
    ("anchor", "no certificate", "file is no certificate (signature."),
    ("anchor", PEM, "file is PEM; DER is wanted"),
    ("crl", PEM, "file is PEM; DER is wanted"),
    ("intermediate", PEM, "file is PEM; DER is wanted"),
    ("ocsp", PEM, "file is PEM; DER is wanted"),
    ("accredited", "[1]", "file is no list of the form"),
    ("accredited", "not json", "file is no list of the form"),
    ("expect", "", "file is no JSON"),
    ("expect", "[" * 100_000, "file is no JSON"),
    ("expect", "[]", "file holds no JSON object"),
    ("expect", '"x"', "file holds no JSON object"),
    ("expect", '{"unknown": "x"}', "unknown key 'unknown'; known are kind, surname"),
    ("expect", '{"kind": "king"}', "unknown kind 'king'; known are person, ip, legal"),
    ("expect", '{"kind": ""}', "unknown kind ''"),
    ("expect", '{"snils": 1}', "'snils' that is neither a string nor null"),
]


@pytest.mark.parametrize(("name", "content", "sentence"), MISUSED)
def test_files_of_the_one_who_asks_are_wrong_usage(name: str, content: str, sentence: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text(content)
    result = check("good-rsa-person", f"--{name}", str(tmp_path / "file"), without=("accredited",))

    assert result.exit_code == 2
    assert f"Invalid value for --{name}: " in result.output
    assert sentence in " ".join(result.output.split())
    assert isinstance(result.exception, SystemExit)


def test_wrong_options_are_wrong_usage() -> None:
    assert check(at="yesterday").exit_code == 2
    assert check(message="/nowhere").exit_code == 2
    for missing in ("message", "content", "at"):
        assert check(without=(missing,)).exit_code == 2
    assert check("good-rsa-person", "--what").exit_code == 2
