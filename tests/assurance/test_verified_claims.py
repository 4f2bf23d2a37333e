"""What answers a request for verified claims where its shape isn't that of what is known (Identity Assurance 1.0)."""

from datetime import UTC, datetime

import pytest

from idp.assurance.evidence import Evidence, Kind
from idp.assurance.verified_claims import answer, check, verifications

AT = datetime(2026, 11, 25, 12, tzinfo=UTC)
KNOWN = verifications([Evidence(Kind.PENSION_FUND, "sfr-17", AT)], AT, "ru_moscow_23pp")


@pytest.mark.parametrize("member", ["record", "check_details"])
def test_several_where_one_is_known_are_no_failure(member: str) -> None:
    evidence = {"type": {"value": "electronic_record"}, member: [{"type": None}]}
    wish = {"verification": {"trust_framework": None, "evidence": [evidence]}, "claims": {"given_name": None}}

    check(wish)
    told = answer(wish, KNOWN, {"given_name": "Анна"}, AT)

    # There are several checks, so a list asks for them; a record is one, so a list asks for what isn't.
    assert (told is None) == (member == "record")
