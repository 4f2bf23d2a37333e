"""Connects what judges signatures: roots from the operator's files, lists from the store, jobs that fetch them."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from idp.flows.verification.trust import CurrentTrust
from idp.jobs.revocation_lists import TakeInLists, TakeInTrustList, Visits
from idp.jobs.run import Job
from idp.kernel.http import Document
from idp.kernel.refusal import Fault, Faulty, Refused
from idp.kernel.settings import Signatures
from idp.signature import libcrypto
from idp.signature.certificate import Certificate
from idp.signature.checker import Checker
from idp.signature.points import PythonPoints
from idp.signature.revocation import Held
from idp.signature.trust import ANY_FAMILY, GOST_ONLY, Accreditation, Anchor, Trust, read_accredited
from idp.store.list_sources import ListSources
from idp.store.revocation_lists import RevocationLists
from idp.store.trust_lists import TrustLists
from idp.wiring.ground import Ground

Read = TypeVar("Read")
#: The largest list that is fetched; reading it takes about three times as much memory.
_LARGEST = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Judging:
    """``trust()`` is what a login judges by now; ``lists`` and ``sources`` are what operators are shown."""

    trust: CurrentTrust
    lists: RevocationLists
    sources: ListSources
    trust_lists: TrustLists


def connect(ground: Ground) -> Judging:
    """Read the roots that the settings name; what cannot be read stops the start."""
    settings = ground.settings.signatures
    lists = RevocationLists(ground.database, ground.now)
    trust_lists = TrustLists(ground.database, ground.now)
    own = _own(settings, Checker(libcrypto.best() if settings.accelerator else PythonPoints()), Held(lists.find))
    trust = CurrentTrust(own, trust_lists, settings.lists, time.monotonic)
    return Judging(trust, lists, ListSources(ground.database, ground.now), trust_lists)


def jobs(ground: Ground, judging: Judging) -> list[Job]:
    """Return the jobs that fetch lists; a city without roots has none."""
    settings = ground.settings.signatures
    if not judging.trust().anchors:
        return []
    visit = Visits(_fetch(ground), judging.sources, _LARGEST)
    take_lists = TakeInLists(visit, judging.lists, judging.trust().checker, judging.trust.addresses, ground.now)
    found = [Job("revocation lists", take_lists, settings.lists_seconds)]
    if settings.trust_list_url:
        take_centres = TakeInTrustList(
            visit,
            judging.trust_lists,
            judging.trust,
            settings.trust_list_url,
            settings.trust_list_ogrn,
            ground.now,
        )
        found.append(Job("list of centres", take_centres, settings.trust_list_seconds))
    return found


def _fetch(ground: Ground) -> Callable[[str, str | None, int], Document | None]:
    return partial(ground.outgoing.get_document, seconds=ground.settings.signatures.fetch_seconds)


def roots(settings: Signatures) -> list[tuple[str, Certificate]]:
    """Return the certificates of the settings, each with the setting that names it; unreadable ones: ``Faulty``."""
    faults: list[Fault] = []
    checker = Checker(PythonPoints())
    found = [
        (name, certificate)
        for name in ("anchors", "anchors_any_family", "intermediates")
        for certificate in _read(name, getattr(settings, name), checker.certificate, faults)
    ]
    if faults:
        raise Faulty(faults, "settings.faulty")
    return found


def _own(settings: Signatures, checker: Checker, revocations: Held) -> Trust:
    faults: list[Fault] = []
    read = partial(_read, faults=faults)
    anchors = [
        *(Anchor(item, GOST_ONLY) for item in read("anchors", settings.anchors, checker.certificate)),
        *(
            Anchor(item, ANY_FAMILY)
            for item in read("anchors_any_family", settings.anchors_any_family, checker.certificate)
        ),
    ]
    intermediates: list[Certificate] = list(read("intermediates", settings.intermediates, checker.certificate))
    accredited = [settings.accredited] if settings.accredited else []
    accreditation = list(read("accredited", accredited, lambda octets: read_accredited(octets.decode())))
    if faults:
        raise Faulty(faults, "settings.faulty")
    return Trust(
        anchors=tuple(anchors),
        intermediates=tuple(intermediates),
        accreditation=accreditation[0] if accreditation else Accreditation({}),
        revocations=revocations,
        checker=checker,
    )


def _read(name: str, paths: Iterable[str], read: Callable[[bytes], Read], faults: list[Fault]) -> Iterable[Read]:
    for path in paths:
        try:
            yield read(Path(path).read_bytes())
        except (OSError, UnicodeDecodeError, Refused) as error:
            reason = error.code if isinstance(error, Refused) else str(error)
            faults.append(Fault(f"signatures.{name}", "setting.unreadable", {"reason": f"{path}: {reason}"}))
