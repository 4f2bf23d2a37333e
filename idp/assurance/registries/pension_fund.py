"""The pension fund's records by the city's integration gateway: JSON over HTTPS, ``docs/gateway.openapi.json``.

The gateway turns each call into the fund's SMEV request and back; ``docs/registries.md`` maps the fields.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from idp.accounts.account import Gender
from idp.assurance.registries.registry import Answer, Person, Verdict

VALIDATIONS = "/v1/pension-fund/snils-validations"
#: Sends a request: method, address, JSON body or None, headers, seconds; returns status and decoded answer, or raises
#: ``OSError`` if the line is dead.
Call = Callable[[str, str, Mapping[str, Any] | None, Mapping[str, str], float], tuple[int, Any]]
#: How SMEV spells the sex (``smev:GenderType``).
GENDERS = {Gender.MALE: "Male", Gender.FEMALE: "Female"}
#: Reject codes that say something about the person; every other is trouble on the way (STD-15).
UNKNOWN_CODES = frozenset({"NO_DATA"})
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class PensionFund:
    """``token`` is a bearer token; empty where the gateway knows us by our certificate."""

    gateway_url: str
    token: str
    call: Call

    def ask(self, request_id: str, person: Person, seconds: float) -> Answer:
        body = {
            "requestId": request_id,
            "familyName": person.name.family,
            "firstName": person.name.given,
            "snils": person.snils.digits,
            "gender": GENDERS[person.gender],
            "birthDate": person.birthdate.isoformat(),
        }
        if person.name.middle:
            body["patronymic"] = person.name.middle
        return self._answer(request_id, "POST", VALIDATIONS, body, {"Idempotency-Key": request_id}, seconds)

    def poll(self, request_id: str, ticket: str, seconds: float) -> Answer:
        return self._answer(request_id, "GET", f"{VALIDATIONS}/{ticket}", None, {}, seconds)

    def _answer(
        self,
        request_id: str,
        method: str,
        path: str,
        body: Mapping[str, Any] | None,
        headers: Mapping[str, str],
        seconds: float,
    ) -> Answer:
        sent = {"Accept": "application/json", **headers}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        try:
            status, document = self.call(method, self.gateway_url.rstrip("/") + path, body, sent, seconds)
        except OSError as error:
            return Answer(Verdict.UNAVAILABLE, why=str(error) or type(error).__name__, line_dead=True)
        if status in (404, 410) and body is None:
            return Answer(Verdict.UNAVAILABLE, why=f"status {status}", forgotten=True)
        if status not in (200, 202):
            return Answer(Verdict.UNAVAILABLE, why=f"status {status}", line_dead=status >= 500 or status == 429)
        if isinstance(document, dict) and document.get("requestId") != request_id:
            return _garbage("the answer is about another question")
        return read_answer(document)


def read_answer(document: Any) -> Answer:
    """Return what the gateway's document says; whatever isn't exactly an answer is no answer."""
    if not isinstance(document, dict):
        return _garbage("not an object")
    ticket, reference = document.get("ticket", ""), document.get("reference", "")
    if not (_is_name(ticket) and _is_name(reference)):
        return _garbage("ticket or reference")
    match document.get("status"):
        case "accepted" if ticket:
            after = document.get("pollAfterSeconds", 0)
            known = isinstance(after, int | float) and not isinstance(after, bool) and 0 <= after <= 86_400
            return Answer(Verdict.PENDING, ticket=ticket, after=after if known else 0)
        case "completed" if document.get("result") is True and reference:
            return Answer(Verdict.MATCH, reference, ticket)
        case "completed" if document.get("result") is False and reference:
            return Answer(Verdict.MISMATCH, reference, ticket)
        case "rejected":
            code = document.get("rejectionCode")
            if code in UNKNOWN_CODES and reference:
                return Answer(Verdict.UNKNOWN, reference, ticket)
            return _garbage(f"rejected: {code}"[:_LONGEST])
    return _garbage("status")


def _garbage(why: str) -> Answer:
    return Answer(Verdict.UNAVAILABLE, why=why)


def _is_name(value: Any) -> bool:
    """Tell whether it may be a ticket or a reference: short, and safe in an address."""
    return isinstance(value, str) and len(value) <= _LONGEST and all(sign.isalnum() or sign in "-._~" for sign in value)
