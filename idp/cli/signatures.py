"""``idp signatures check``: judge a signature from files alone, for support and for tests from outside."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from idp.kernel.refusal import Refused
from idp.signature import libcrypto
from idp.signature.checker import Checker
from idp.signature.crl import read_list
from idp.signature.holder import Expected, Holder, Kind
from idp.signature.login import verify_login
from idp.signature.ocsp import read_answer
from idp.signature.revocation import Evidence
from idp.signature.steps import SignatureRefused, Step
from idp.signature.trust import ANY_FAMILY, Accreditation, Anchor, Trust, read_accredited

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


def _readable(paths: Sequence[Path], name: str, read: Any, unread: list[Step]) -> Iterator[Any]:
    """Evidence that cannot be read proves nothing; what it should have proved will be missed where it is needed."""
    for path in paths:
        try:
            yield read(path.read_bytes())
        except Refused as refusal:
            unread.append(Step(f"{name}.read", refusal.code, path.name))


def _anchor(path: Path, checker: Checker) -> Anchor:
    try:
        return Anchor(checker.certificate(path.read_bytes()), ANY_FAMILY)
    except Refused as refusal:
        raise click.BadParameter(f"{path.name}: {refusal.code}", param_hint="--anchor") from refusal


def _accreditation(path: Path | None) -> Accreditation:
    if path is None:
        return Accreditation({})
    try:
        return read_accredited(path.read_text(encoding="utf-8"))
    except (Refused, UnicodeDecodeError) as error:
        raise click.BadParameter(path.name, param_hint="--accredited") from error


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter(text, param_hint="--at") from error
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found


def _expected(path: Path | None) -> Expected:
    if path is None:
        return Expected()
    known = {item.name for item in fields(Expected)}
    try:
        given = json.loads(path.read_text(encoding="utf-8"))
        if not all(name in known and (value is None or isinstance(value, str)) for name, value in given.items()):
            raise ValueError(path.name)
        if given.get("kind") is not None:
            given["kind"] = Kind(given["kind"])
        return Expected(**given)
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise click.BadParameter(path.name, param_hint="--expect") from error


def _report(
    verdict: str, code: str | None, params: dict[str, Any], holder: Holder | None, steps: Sequence[Step]
) -> dict[str, Any]:
    return {
        "verdict": verdict,
        "code": code,
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


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _print(report: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(report, ensure_ascii=False, indent=2))
        return
    click.echo(f"verdict: {report['verdict']}")
    click.echo(f"code: {report['code'] or '-'}")
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
