"""The ministry's list of accredited centres: its signature, its age, its centres with the history of their statuses.

Layout as published at e-trust.gosuslugi.ru. The list is believed only if its signer stands under an anchor and
carries the ministry's OGRN: every holder of a qualified certificate stands under the same root.
"""

import base64
import binascii
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone

from idp.kernel.refusal import Refused
from idp.signature import path, xmldsig
from idp.signature.canonical import Canonical, Element, Listener
from idp.signature.extensions import Period
from idp.signature.steps import Protocol
from idp.signature.trust import Accreditation, Trust, merged

#: Times without a zone in the list are Moscow's.
_MOSCOW = timezone(timedelta(hours=3))
_ACTIVE = "Действует"
_STATUSES = frozenset({_ACTIVE, "Прекращена", "Аннулирована", "Приостановлена"})
_ROOT, _CENTRE = "АккредитованныеУдостоверяющиеЦентры", "УдостоверяющийЦентр"
_KEY = "ПрограммноАппаратныеКомплексы/ПрограммноАппаратныйКомплекс/КлючиУполномоченныхЛиц/Ключ"
_HISTORY = "ИсторияСтатусовАккредитации/СтатусАккредитации"
_NOW = "СтатусАккредитации"


@dataclass(frozen=True, slots=True)
class ListedKey:
    """One key of a centre: its certificates, and where its revocation lists are to be had."""

    certificates: tuple[bytes, ...] = field(repr=False)
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Centre:
    name: str
    ogrn: str
    periods: tuple[Period, ...]
    keys: tuple[ListedKey, ...]


@dataclass(frozen=True, slots=True)
class TrustList:
    """A list whose signature was right. Of two the one with the higher version and the later date holds."""

    version: int
    issued: datetime
    centres: tuple[Centre, ...]
    size: int = 0

    def accreditation(self) -> Accreditation:
        """Return when each centre's certificate was backed by an accreditation."""
        return merged(
            (hashlib.sha256(octets).hexdigest(), centre.periods)
            for centre in self.centres
            for key in centre.keys
            for octets in key.certificates
        )

    def certificates(self) -> tuple[bytes, ...]:
        """Return all certificates of centres, as they stand in the list."""
        return tuple(octets for centre in self.centres for key in centre.keys for octets in key.certificates)


def read_trust_list(
    document: bytes, ministry: str, trust: Trust, at: datetime, last_good: TrustList | None
) -> TrustList:
    """Return the list if the ministry (by its OGRN) has signed it and it is not older than the last good one."""
    try:
        signer, given = xmldsig.verify(document, trust.checker)
        if signer.subject.one("OGRN") != ministry:
            raise Refused("signature.trust_list_signer")
        protocol = Protocol()
        found = path.validate(signer, given, trust, at, protocol)
        path.require_not_revoked(found, trust, at, protocol)
        reader = _Reader()
        Canonical(listener=reader, whole=False, choose=_nothing).run(document)
        fresh = reader.result(len(document))
    except Refused:
        raise
    except Exception as error:
        raise Refused("signature.trust_list_malformed", where="") from error
    if last_good is not None and (fresh.version, fresh.issued) < (last_good.version, last_good.issued):
        raise Refused("signature.trust_list_older", version=fresh.version, held=last_good.version)
    return fresh


@dataclass(slots=True)
class _Draft:
    """A centre while it is being read: texts by path, statuses and keys in their order."""

    texts: dict[str, str] = field(default_factory=dict)
    statuses: list[dict[str, str]] = field(default_factory=list)
    keys: list[tuple[list[bytes], list[str]]] = field(default_factory=list)


@dataclass(slots=True)
class _Reader(Listener):
    """Picks what we need while the document is parsed; the document is never held as a tree."""

    top: dict[str, str] = field(default_factory=dict)
    centres: list[Centre] = field(default_factory=list)
    _path: list[str] = field(default_factory=list)
    _draft: _Draft = field(default_factory=_Draft)
    _now: dict[str, str] = field(default_factory=dict)
    _said: list[str] = field(default_factory=list)

    def start(self, element: Element) -> None:
        self._said.clear()
        if element.depth == 0:
            if element.name != _ROOT:
                raise _malformed(element.name)
            return
        self._path.append(element.name)
        if self._path == [_CENTRE]:
            self._draft, self._now = _Draft(), {}
        place = "/".join(self._path[1:])
        if place == _KEY:
            self._draft.keys.append(([], []))
        elif place == _HISTORY:
            self._draft.statuses.append({})

    def text(self, text: str) -> None:
        self._said.append(text)

    def end(self, depth: int) -> None:
        if not depth:
            return
        text = "".join(self._said).strip()
        self._said.clear()
        if self._path[0] != _CENTRE:
            if depth == 1:
                self.top[self._path[0]] = text
        elif depth == 1:
            self.centres.append(self._centre())
        else:
            self._take("/".join(self._path[1:]), text)
        self._path.pop()

    def _take(self, place: str, text: str) -> None:
        draft = self._draft
        if place in ("Название", "ОГРН"):
            draft.texts[place] = text
        elif place.startswith(f"{_NOW}/"):
            self._now[place.rpartition("/")[2]] = text
        elif place.startswith(f"{_HISTORY}/"):
            draft.statuses[-1][place.rpartition("/")[2]] = text
        elif place == f"{_KEY}/Сертификаты/ДанныеСертификата/Данные":
            draft.keys[-1][0].append(_octets(text))
        elif place == f"{_KEY}/АдресаСписковОтзыва/Адрес":
            draft.keys[-1][1].append(text)

    def _centre(self) -> Centre:
        draft = self._draft
        statuses = [*draft.statuses, *([self._now] if self._now else [])]
        return Centre(
            name=draft.texts.get("Название", ""),
            ogrn=draft.texts.get("ОГРН", ""),
            periods=_periods(statuses),
            keys=tuple(ListedKey(tuple(certificates), tuple(addresses)) for certificates, addresses in draft.keys),
        )

    def result(self, size: int) -> TrustList:
        version = self.top.get("Версия", "")
        if not (version.isascii() and version.isdigit() and len(version) < 10):
            raise _malformed("Версия")
        return TrustList(int(version), _moment(self.top.get("Дата", "")), tuple(self.centres), size)


def _periods(statuses: Sequence[dict[str, str]]) -> tuple[Period, ...]:
    """Turn a history of statuses into periods: each status holds from its day until the next one's."""
    if any(status.get("Статус") not in _STATUSES for status in statuses):
        raise _malformed("Статус")
    moments = sorted(
        ((_moment(status.get("ДействуетС", "")), status["Статус"] == _ACTIVE) for status in statuses),
        key=lambda pair: pair[0],
    )
    periods = []
    start: datetime | None = None
    for moment, active in moments:
        if active and start is None:
            start = moment
        elif not active and start is not None:
            periods.append(Period(start, moment))
            start = None
    if start is not None:
        periods.append(Period(start, None))
    return tuple(periods)


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise _malformed("Дата") from error
    return (found.replace(tzinfo=_MOSCOW) if found.tzinfo is None else found).astimezone(UTC)


def _octets(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise _malformed("Данные") from error


def _malformed(where: str) -> Refused:
    return Refused("signature.trust_list_malformed", where=where)


def _nothing(above: bool, element: Element) -> bool:
    return False
