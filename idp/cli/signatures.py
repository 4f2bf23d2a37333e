"""``idp signatures check``: judge a signature from files alone, for support and for tests from outside."""

import io
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click

from idp.kernel.refusal import Refused
from idp.kernel.words import NO_BREAK, catalogues
from idp.signature import libcrypto
from idp.signature.checker import Checker
from idp.signature.crl import read_list
from idp.signature.holder import Expected, Holder, Kind
from idp.signature.login import verify_login
from idp.signature.ocsp import read_answer
from idp.signature.revocation import Evidence
from idp.signature.steps import SignatureRefused, Step
from idp.signature.trust import ANY_FAMILY, Accreditation, Anchor, Trust, read_accredited

Read = TypeVar("Read")
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def signatures() -> None:
    """Qualified signatures, judged from files."""


@signatures.command()
@click.option("--message", type=_FILE, required=True, help="The signature: CMS, DER.")
@click.option("--content", type=_FILE, required=True, help="What was to be signed.")
@click.option("--anchor", "anchors", type=_FILE, multiple=True, help="A trusted root; any family counts. Repeats.")
@click.option("--intermediate", "intermediates", type=_FILE, multiple=True, help="A centre's certificate. Repeats.")
@click.option("--accredited", type=_FILE, help="Accredited centres by fingerprint, JSON.")
@click.option("--crl", "lists", type=_FILE, multiple=True, help="A revocation list. Repeats.")
@click.option("--ocsp", "answers", type=_FILE, multiple=True, help="An OCSP answer. Repeats.")
@click.option("--at", required=True, help="The moment to judge at, such as 2026-11-22T13:45:57Z.")
@click.option("--expect", type=_FILE, help="What the account says, JSON.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def check(
    context: click.Context,
    message: Path,
    content: Path,
    anchors: tuple[Path, ...],
    intermediates: tuple[Path, ...],
    accredited: Path | None,
    lists: tuple[Path, ...],
    answers: tuple[Path, ...],
    at: str,
    expect: Path | None,
    as_json: bool,
) -> None:
    """Verify a detached signature. Exit 0: accepted, 1: refused, 2: wrong usage."""
    if isinstance(sys.stdout, io.TextIOWrapper):  # a terminal of another alphabet must not end this in a traceback
        sys.stdout.reconfigure(errors="backslashreplace")
    checker = Checker(libcrypto.best())
    unread: list[Step] = []
    evidence = Evidence(
        lists=tuple(_readable(lists, "crl", read_list, unread)),
        answers=tuple(_readable(answers, "ocsp", read_answer, unread)),
        checker=checker,
    )
    trust = Trust(
        anchors=tuple(_anchor(path, checker) for path in anchors),
        intermediates=tuple(_readable(intermediates, "intermediate", checker.certificate, unread)),
        accreditation=_accreditation(accredited),
        revocations=evidence,
        checker=checker,
    )
    moment, expected = _moment(at), _expected(expect)
    try:
        holder = verify_login(content.read_bytes(), message.read_bytes(), trust, moment, expected)
    except SignatureRefused as refusal:
        _print(_report("refused", refusal.code, refusal.params, None, (*unread, *refusal.steps)), as_json)
        context.exit(1)
    _print(_report("accepted", None, {}, holder, (*unread, *holder.steps)), as_json)


def _readable(paths: Sequence[Path], name: str, read: Callable[[bytes], Read], unread: list[Step]) -> Iterator[Read]:
    """Evidence that cannot be read proves nothing; what it should have proved will be missed where it is needed."""
    for path in paths:
        try:
            yield read(path.read_bytes())
        except Refused as refusal:
            if refusal.code == "signature.pem":
                _misused(name, f"{path.name} is PEM; DER is wanted here")
            unread.append(Step(f"{name}.read", refusal.code, path.name))


def _anchor(path: Path, checker: Checker) -> Anchor:
    try:
        return Anchor(checker.certificate(path.read_bytes()), ANY_FAMILY)
    except Refused as refusal:
        what = "PEM; DER is wanted here" if refusal.code == "signature.pem" else f"no certificate ({refusal.code})"
        _misused("anchor", f"{path.name} is {what}")


def _accreditation(path: Path | None) -> Accreditation:
    if path is None:
        return Accreditation({})
    try:
        return read_accredited(path.read_text(encoding="utf-8"))
    except (Refused, UnicodeDecodeError):
        form = '[{"sha256": "…", "accreditation": [{"from": "…", "to": null}]}]'
        _misused("accredited", f"{path.name} is no list of the form {form}")


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        _misused("at", f"{text!r} is no moment; write it like 2026-11-22T13:45:57Z")
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found


def _expected(path: Path | None) -> Expected:
    if path is None:
        return Expected()
    try:
        given = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        _misused("expect", f"{path.name} is no JSON")
    if not isinstance(given, dict):
        _misused("expect", f"{path.name} holds no JSON object")
    known = [item.name for item in fields(Expected)]
    for name, value in given.items():
        if name not in known:
            _misused("expect", f"{path.name} has the unknown key {name!r}; known are {', '.join(known)}")
        if value is not None and not isinstance(value, str):
            _misused("expect", f"{path.name} holds {name!r} that is neither a string nor null")
    if given.get("kind") not in (None, *Kind):
        _misused("expect", f"{path.name} holds the unknown kind {given['kind']!r}; known are {', '.join(Kind)}")
    return Expected(**given | ({"kind": Kind(given["kind"])} if given.get("kind") else {}))


def _misused(option: str, sentence: str) -> NoReturn:
    raise click.BadParameter(sentence, param_hint=f"--{option}")


def _report(
    verdict: str, code: str | None, params: dict[str, Any], holder: Holder | None, steps: Sequence[Step]
) -> dict[str, Any]:
    return {
        "verdict": verdict,
        "code": code,
        "words": {} if code is None else {name: _words(name, code, params) for name in catalogues()},
        "params": {name: _plain(value) for name, value in params.items()},
        "holder": None if holder is None else _described(holder),
        "steps": [{"step": step.name, "result": step.result, "detail": step.detail} for step in steps],
    }


def _described(holder: Holder) -> dict[str, Any]:
    certificate = holder.certificate
    described = {item.name: getattr(holder, item.name) for item in fields(Expected)}
    described["certificate"] = {
        "sha256": certificate.fingerprint,
        "serial": f"{certificate.serial:x}",
        "issuer": str(certificate.issuer),
        "family": str(certificate.family),
        "not_before": _plain(certificate.not_before),
        "not_after": _plain(certificate.not_after),
    }
    return described


def _words(locale: str, code: str, params: dict[str, Any]) -> str:
    return catalogues()[locale].plain(code, **params).replace(NO_BREAK, " ")


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _print(report: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(report, ensure_ascii=False, indent=2))
        return
    click.echo(f"verdict: {report['verdict']}")
    click.echo(f"code: {report['code'] or '-'}")
    for words in report["words"].values():
        click.echo(f"  {words}")
    for name, value in report["params"].items():
        click.echo(f"  {name}: {value}")
    click.echo("holder: " + ("-" if report["holder"] is None else ""))
    for name, value in (report["holder"] or {}).items():
        for key, part in (value if isinstance(value, dict) else {name: value}).items():
            if part is not None:
                click.echo(f"  {name}.{key}: {part}" if isinstance(value, dict) else f"  {key}: {part}")
    click.echo("steps:")
    for step in report["steps"]:
        click.echo(f"  {step['step']}: {step['result']}" + (f" ({step['detail']})" if step["detail"] else ""))
