"""What a verification trusts, all of it handed in: anchors, centres, accreditation, revocation, and a checker."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from idp.kernel.refusal import Refused
from idp.signature.algorithms import Family
from idp.signature.certificate import Certificate
from idp.signature.checker import Checker
from idp.signature.extensions import Period
from idp.signature.revocation import Revocations

ANY_FAMILY = frozenset(Family)
GOST_ONLY = frozenset({Family.GOST})


@dataclass(frozen=True, slots=True)
class Anchor:
    """A root. ``qualified`` are the families of keys that count as qualified below it: GOST under the ministry's."""

    certificate: Certificate
    qualified: frozenset[Family] = GOST_ONLY


class Unknown(StrEnum):
    """What to do with a certificate of which neither list nor answer tells anything."""

    REFUSE = "refuse"
    ALLOW = "allow"


@dataclass(frozen=True, slots=True)
class Accreditation:
    """When each centre was accredited, by the SHA-256 of its certificate. A period's end no longer belongs to it."""

    periods: Mapping[str, tuple[Period, ...]]

    def require(self, centre: Certificate, on: datetime) -> None:
        """Refuse unless the centre was accredited at that moment (63-FZ article 11: the day of issue)."""
        periods = self.periods.get(centre.fingerprint)
        if periods is None:
            raise Refused("signature.not_accredited", centre=str(centre.subject))
        for period in periods:
            if (period.start is None or period.start <= on) and (period.end is None or on < period.end):
                return
        raise Refused("signature.accreditation_lapsed", centre=str(centre.subject), on=on)


@dataclass(frozen=True, slots=True)
class Trust:
    """Made once and shared: nothing in it changes, but for what the checker remembers."""

    anchors: tuple[Anchor, ...]
    intermediates: tuple[Certificate, ...]
    accreditation: Accreditation
    revocations: Revocations
    checker: Checker
    unknown: Unknown = Unknown.REFUSE


def merged(entries: Iterable[tuple[str, tuple[Period, ...]]]) -> Accreditation:
    """Return the accreditation of centres of which each certificate may be listed more than once."""
    periods: dict[str, tuple[Period, ...]] = {}
    for fingerprint, found in entries:
        periods[fingerprint] = (*periods.get(fingerprint, ()), *found)
    return Accreditation(periods)


def read_accredited(text: str) -> Accreditation:
    """Read the JSON form of the list: ``[{"sha256": …, "accreditation": [{"from": …, "to": … or null}]}]``."""
    try:
        entries = json.loads(text)
        return merged((_fingerprint(item), tuple(_periods(item["accreditation"]))) for item in entries)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise Refused("signature.accredited_malformed") from error


def _fingerprint(item: Mapping[str, Any]) -> str:
    found = bytes.fromhex(item["sha256"])
    if len(found) != 32:
        raise ValueError(found)
    return found.hex()


def _periods(items: Iterable[Mapping[str, Any]]) -> Iterable[Period]:
    for item in items:
        yield Period(_moment(item.get("from")), _moment(item.get("to")))


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    found = datetime.fromisoformat(text)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found
