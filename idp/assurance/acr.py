"""Which ``acr`` is asked, which a session can give, and which is answered: the acr table of the requirements.

The table is data. A value that the table doesn't know is passed over (rule 6). ``AVAILABLE`` names the ways that exist
today: what no way leads to is asked in vain, and the answer says so at once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from idp.assurance.levels import Level

LEGAL_ENTITY = "legal-entity"
SIMPLIFIED, STANDARD, FULL = (level.value for level in Level)
KNOWN = (SIMPLIFIED, STANDARD, FULL, LEGAL_ENTITY)


class Acting(StrEnum):
    """In whose name a session acts."""

    SELF = "self"
    CERTIFICATE = "certificate"
    DELEGATION = "delegation"


class Way(StrEnum):
    """A step by which a session comes to give a value it doesn't give now."""

    CONFIRM = "confirm"
    SNILS = "snils"
    CENTRE = "centre"
    CERTIFICATE = "certificate"


#: The ways that are built. A value is supported once the way to it is.
AVAILABLE = frozenset({Way.CONFIRM, Way.SNILS})
_LEADS_TO = {SIMPLIFIED: Way.CONFIRM, STANDARD: Way.SNILS, FULL: Way.CENTRE, LEGAL_ENTITY: Way.CERTIFICATE}

_FIRST = dict.fromkeys(KNOWN, Way.CONFIRM)
_AT_SIMPLIFIED = {SIMPLIFIED: None, STANDARD: Way.SNILS, FULL: Way.CENTRE, LEGAL_ENTITY: Way.CERTIFICATE}
_AT_STANDARD = {SIMPLIFIED: None, STANDARD: None, FULL: Way.CENTRE, LEGAL_ENTITY: Way.CERTIFICATE}
_AT_FULL = {SIMPLIFIED: None, STANDARD: None, FULL: None, LEGAL_ENTITY: Way.CERTIFICATE}
#: The table: a session (level of the person, in whose name) to each value; None is "gives it", else the next step.
TABLE: Mapping[tuple[Level | None, Acting], Mapping[str, Way | None]] = {
    (None, Acting.SELF): _FIRST,
    (Level.SIMPLIFIED, Acting.SELF): _AT_SIMPLIFIED,
    (Level.STANDARD, Acting.SELF): _AT_STANDARD,
    (Level.FULL, Acting.SELF): _AT_FULL,
    (Level.STANDARD, Acting.CERTIFICATE): {**_AT_STANDARD, LEGAL_ENTITY: None},
    (Level.FULL, Acting.CERTIFICATE): {**_AT_FULL, LEGAL_ENTITY: None},
    (Level.SIMPLIFIED, Acting.DELEGATION): _AT_SIMPLIFIED,
    (Level.STANDARD, Acting.DELEGATION): _AT_STANDARD,
    (Level.FULL, Acting.DELEGATION): _AT_FULL,
}
#: What holds whenever a value is given: acting by certificate takes a person of standard access (rule 11).
_IMPLIES = {
    SIMPLIFIED: frozenset({SIMPLIFIED}),
    STANDARD: frozenset({SIMPLIFIED, STANDARD}),
    FULL: frozenset({SIMPLIFIED, STANDARD, FULL}),
    LEGAL_ENTITY: frozenset({SIMPLIFIED, STANDARD, LEGAL_ENTITY}),
}


@dataclass(frozen=True, slots=True)
class AcrRequest:
    """What a request asks of the level: values in order of preference; ``binding`` ones must be met or it fails.

    ``floor`` is the client's registered minimum under a voluntary list: the real level must reach it.
    """

    values: tuple[str, ...] = ()
    binding: bool = False
    floor: str = ""


def asked(
    acr_values: Sequence[str] = (),
    essential: Sequence[str] = (),
    default_acr_values: Sequence[str] = (),
    minimum_acr: str = "",
) -> AcrRequest:
    """Settle what is asked (rules 1 and 6). ``essential`` is the list of an essential ``acr`` claim, used alone."""
    if essential:
        known = _known(essential, minimum_acr)
        if not known and minimum_acr and _known(essential):
            return AcrRequest((minimum_acr,), binding=True)
        return AcrRequest(known, binding=True)
    voluntary = _known(acr_values or default_acr_values, minimum_acr)
    if minimum_acr and not voluntary:
        return AcrRequest((minimum_acr,), binding=True)
    return AcrRequest(voluntary, floor=minimum_acr)


def _known(values: Sequence[str], minimum: str = "") -> tuple[str, ...]:
    """Return the known values, each once, less those that don't imply the minimum."""
    fit = (value for value in values if value in _IMPLIES and (not minimum or minimum in _IMPLIES[value]))
    return tuple(dict.fromkeys(fit))


def session_gives(level: Level | None, acting: Acting = Acting.SELF) -> tuple[str, ...]:
    """Return every value that a session can give right now."""
    return tuple(value for value, way in TABLE[level, acting].items() if way is None)


def answer(request: AcrRequest, gives: Sequence[str], real: str) -> str | None:
    """Return the ``acr`` to tell (rules 2, 4, 5); None if what is asked binds and can't be given.

    ``real`` is the session's own level in its context: the answer where nothing, or nothing reachable, is asked.
    """
    given = met(request, gives)
    if given is not None:
        return given
    if request.binding or (request.floor and request.floor not in gives):
        return None
    return real


def met(request: AcrRequest, gives: Sequence[str]) -> str | None:
    """Return the first asked value that the session gives (rule 2)."""
    return next((value for value in request.values if value in gives), None)


def ways(
    request: AcrRequest, level: Level | None, acting: Acting = Acting.SELF, available: Iterable[Way] = AVAILABLE
) -> tuple[Way, ...]:
    """Return the steps that exist and lead to an asked value, each once, in the asked order (rule 3)."""
    row, built = TABLE[level, acting], frozenset(available)
    steps = (row[value] for value in (*request.values, request.floor) if value)
    return tuple(dict.fromkeys(step for step in steps if step is not None and step in built))


def supported(available: Iterable[Way] = AVAILABLE) -> tuple[str, ...]:
    """Return what discovery names: the values that can be reached today."""
    built = frozenset(available)
    return tuple(value for value in KNOWN if _LEADS_TO[value] in built)
