"""Who was verified, by what, when and by whom, and what of it answers a request.

OpenID Connect for Identity Assurance 1.0 (sections 5.4 to 5.7, the request) and OpenID Identity Assurance Schema
Definition 1.0 (section 5, the answer). A request filters and is the template of its answer: nothing unasked is told
but what a valid answer must hold.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from idp.assurance.evidence import Evidence, Kind

#: The predefined names of the kinds of evidence and of the ways to check it.
ELECTRONIC_RECORD, DATA = "electronic_record", "data"
SOCIAL_SECURITY = "social_security"
_FUND = "Социальный фонд России"

#: What each kind of evidence has verified about a person: the fund compared exactly this (appendix 2, clause 7).
CLAIMS_OF: Mapping[Kind, tuple[str, ...]] = {
    Kind.PENSION_FUND: ("family_name", "given_name", "middle_name", "birthdate", "gender", "snils")
}
#: What discovery names.
CLAIMS = tuple(dict.fromkeys(claim for claims in CLAIMS_OF.values() for claim in claims))
EVIDENCE = (ELECTRONIC_RECORD,)
ELECTRONIC_RECORDS = (SOCIAL_SECURITY,)

#: What a valid answer holds in an object of this name, asked or not; a check that tells its time tells its id.
_NEEDED = {
    "verification": ("trust_framework",),
    "evidence": ("type",),
    "check_details": ("check_method",),
    "record": ("type",),
    "source": ("name",),
}
_RESTRICTIONS = frozenset({"value", "values", "max_age"})
_CONSTRAINTS = _RESTRICTIONS | {"essential", "purpose"}
_DEEPEST = 8


class Unmet(Exception):
    """What is known doesn't fulfil a requirement of the request (5.7.3)."""


class Malformed(Exception):
    """The request isn't one by the schema of requests; the text is for developers."""


@dataclass(frozen=True, slots=True)
class Verification:
    """One verification, whole, and the claims that it verified."""

    document: dict[str, Any]
    claims: tuple[str, ...]


def verifications(evidence: Iterable[Evidence], at: datetime, trust_framework: str) -> list[Verification]:
    """Return what verified the person, as of now, the newest first."""
    live = sorted((item for item in evidence if item.is_live(at)), key=lambda item: item.since, reverse=True)
    return [
        Verification(_DOCUMENTS[item.kind](item, trust_framework), CLAIMS_OF[item.kind])
        for item in live
        if item.kind in _DOCUMENTS
    ]


def _by_record(evidence: Evidence, trust_framework: str) -> dict[str, Any]:
    """The fund's records confirmed what the person stated (decree 23-PP, appendix 2, clauses 7 and 9)."""
    moment = evidence.since.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    check = {"check_method": DATA, "organization": _FUND, "check_id": evidence.reference, "time": moment}
    return {
        "trust_framework": trust_framework,
        "assurance_level": "standard",
        "time": moment,
        "verification_process": evidence.reference,
        "evidence": [
            {
                "type": ELECTRONIC_RECORD,
                "check_details": [check],
                "time": moment,
                "record": {"type": SOCIAL_SECURITY, "source": {"name": _FUND, "country_code": "RUS"}},
            }
        ],
    }


_DOCUMENTS: Mapping[Kind, Callable[[Evidence, str], dict[str, Any]]] = {Kind.PENSION_FUND: _by_record}


def check(wish: Any) -> None:
    """Raise ``Malformed`` unless this is a request for verified claims: an object, or several in an array."""
    wishes = wish if isinstance(wish, list) else [wish]
    if not wishes:
        raise Malformed("verified_claims must be an object or an array of objects")
    for one in wishes:
        if not isinstance(one, dict) or not isinstance(one.get("verification"), dict):
            raise Malformed("verified_claims must hold the object verification")
        if not isinstance(one.get("claims"), dict):
            raise Malformed("verified_claims must hold the object claims")
        for name, inner in one["claims"].items():
            _check_leaf(name, inner)
        _check_element("verification", one["verification"], 0)
        evidence = one["verification"].get("evidence", [{"type": {"value": ""}}])
        if not isinstance(evidence, list) or not evidence:
            raise Malformed("verified_claims.verification.evidence must be an array of objects")
        for item in evidence:
            kind = item.get("type") if isinstance(item, dict) else None
            if not isinstance(kind, dict) or not isinstance(kind.get("value"), str) or "values" in kind:
                raise Malformed("each evidence must name its type by one value")


def _check_element(name: str, wish: Any, depth: int) -> None:
    if depth > _DEEPEST:
        raise Malformed("verified_claims is nested too deeply")
    if isinstance(wish, list):
        for item in wish:
            if not isinstance(item, dict):
                raise Malformed(f"{name} must be an array of objects")
            _check_element(name, item, depth + 1)
    elif isinstance(wish, dict) and not wish.keys() <= _CONSTRAINTS:
        for inner, value in wish.items():
            _check_element(inner, value, depth + 1)
    else:
        _check_leaf(name, wish)


def _check_leaf(name: str, wish: Any) -> None:
    if wish is None:
        return
    if not isinstance(wish, dict):
        raise Malformed(f"{name} must be null or an object")
    age, values = wish.get("max_age", 0), wish.get("values", [])
    if not isinstance(wish.get("essential", False), bool) or not isinstance(values, list):
        raise Malformed(f"{name}: essential must be a boolean, values an array")
    if isinstance(age, bool) or not isinstance(age, int | float) or age < 0:
        raise Malformed(f"{name}: max_age must be a number of seconds")


def asked_names(wish: Any) -> frozenset[str]:
    """Return the names of the claims that a request speaks of."""
    wishes = wish if isinstance(wish, list) else [wish]
    return frozenset(name for one in wishes if isinstance(one, dict) for name in one.get("claims") or {})


def answer(wish: Any, known: Iterable[Verification], values: Mapping[str, Any], at: datetime) -> Any | None:
    """Return what ``verified_claims`` tells: an object where one was asked, an array where an array was (5.6).

    ``values`` are the claims that this client may have. None where nothing fulfils the request; that is no error.
    """
    found = list(known)
    if isinstance(wish, list):
        answers = [told for one in wish if (told := _answer(one, found, values, at)) is not None]
        return answers or None
    return _answer(wish, found, values, at)


def _answer(wish: Any, known: list[Verification], values: Mapping[str, Any], at: datetime) -> dict[str, Any] | None:
    for verification in known:
        claims = {}
        for name, inner in wish["claims"].items():
            try:
                if name in verification.claims and name in values:
                    claims[name] = _leaf(inner, values[name], at)
            except Unmet:
                continue
        if not claims:
            continue
        try:
            told = _fitting("verification", wish["verification"], verification.document, at)
        except Unmet:
            continue
        return {"verification": told, "claims": claims}
    return None


def _fitting(name: str, wish: Any, known: Any, at: datetime) -> Any:
    """Return what is asked of what is known; raise ``Unmet`` where a requirement within isn't fulfilled (5.7.3)."""
    if isinstance(known, list):
        return _items(name, wish, known, at)
    if not isinstance(known, dict):
        return _leaf(wish, known, at)
    if isinstance(wish, list) or (wish and wish.keys() & _RESTRICTIONS):
        # A whole object is no value that could be named, and it isn't several.
        raise Unmet
    told = {}
    for inner, value in (wish or {}).items():
        if inner in known:
            told[inner] = _fitting(inner, value, known[inner], at)
        elif _requires(value):
            raise Unmet
    needed = _NEEDED.get(name, ()) + (("check_id",) if name == "check_details" and "time" in told else ())
    return {inner: value for inner, value in known.items() if inner in told or inner in needed} | told


def _items(name: str, wish: Any, known: list[Any], at: datetime) -> list[Any]:
    """Each entry asked is a filter and a template, any of them will do (5.4); none that fits is a requirement unmet."""
    told = []
    for item in known:
        for template in wish if isinstance(wish, list) else [wish]:
            try:
                told.append(_fitting(name, template, item, at))
                break
            except Unmet:
                continue
    if not told:
        raise Unmet
    return told


def _requires(wish: Any) -> bool:
    """Tell whether anything within is restricted: what isn't known at all can't fulfil it."""
    if isinstance(wish, list):
        return any(_requires(item) for item in wish)
    if not isinstance(wish, dict):
        return False
    return bool(wish.keys() & _RESTRICTIONS) or any(_requires(item) for item in wish.values())


def _leaf(wish: Any, known: Any, at: datetime) -> Any:
    if isinstance(wish, dict):
        allowed = [wish["value"]] if "value" in wish else wish.get("values")
        # JSON's true is not its 1.
        if allowed is not None and not any(type(one) is type(known) and one == known for one in allowed):
            raise Unmet
        if "max_age" in wish and not _is_young(known, wish["max_age"], at):
            raise Unmet
    return known


def _is_young(known: Any, max_age: float, at: datetime) -> bool:
    """A date counts from its last second (5.5.2)."""
    try:
        if "T" in str(known):
            moment = datetime.fromisoformat(str(known))
        else:
            moment = datetime.combine(date.fromisoformat(str(known)), time(23, 59, 59), UTC)
        return at - moment <= timedelta(seconds=max_age)
    except (ValueError, OverflowError, TypeError):
        return False
