"""What stands in the logs after a person's whole way: nothing of the person, nothing that opens anything."""

import json
import re

from tests.wire.walk import Walked, spellings


def test_nothing_personal_and_nothing_secret_stands_in_any_line(walked: Walked) -> None:
    written = "\n".join(walked.lines)
    assert all(told in written for told in ("/sign-up", "/token", "given up", "string: '***'"))

    assert len(walked.hidden) > 20
    spelled = {form for value in walked.hidden if value for form in spellings(value)}
    assert not [value for value in spelled if value in written]


def test_every_line_is_one_json_object_with_the_id_of_its_request(walked: Walked) -> None:
    parsed = [json.loads(line) for line in walked.lines if not line.startswith("idp: ")]

    assert len(parsed) > 30
    assert all(line.keys() - {"failure"} == {"at", "level", "logger", "request", "message"} for line in parsed)
    answered = [line for line in parsed if line["logger"] == "idp.endpoints.entrance"]
    assert all(re.fullmatch(r"[A-Z2-9]{3}-[A-Z2-9]{3}", line["request"]) for line in answered)
    assert len({line["request"] for line in answered}) == len(answered)
    assert [line["failure"][:9] for line in parsed if line["request"] == walked.failed and "failure" in line] == [
        "Traceback"
    ]
