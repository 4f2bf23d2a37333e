"""Text messages by the gateway's HTTP: what is sent, and which answers mean that another try makes sense."""

from datetime import UTC, datetime
from typing import Any

import pytest

from idp.notifications.message import Channel, Message, Undelivered
from idp.notifications.sms import Exolve

TEXT = Message(Channel.SMS, "+79001234567", "", "123456 — код", "m-1", datetime(2026, 11, 24, tzinfo=UTC))


class Line:
    """Stands for the outgoing HTTP: keeps what was posted, answers as told."""

    def __init__(self, status: int = 200, answer: Any = None, dead: bool = False) -> None:
        self.status, self.answer, self.dead = status, answer, dead
        self.posted: list[tuple[str, dict[str, Any], dict[str, str]]] = []

    def __call__(self, url: str, body: Any, headers: Any) -> tuple[int, Any]:
        self.posted.append((url, dict(body), dict(headers)))
        if self.dead:
            raise OSError("no route")
        return self.status, self.answer


def gateway(line: Line, url: str = "https://api.exolve.test/") -> Exolve:
    return Exolve(url, "key", "Moslogin", line)


def test_one_post_carries_the_message_as_the_gateway_wants_it() -> None:
    line = Line(answer={"message_id": "17"})

    gateway(line)(TEXT)

    assert line.posted == [
        (
            "https://api.exolve.test/messaging/v1/SendSMS",
            {"number": "Moslogin", "destination": "79001234567", "text": "123456 — код"},
            {"Authorization": "Bearer key"},
        )
    ]


@pytest.mark.parametrize(
    ("line", "permanent"),
    [
        (Line(dead=True), False),
        (Line(500), False),
        (Line(401, {"error": "key"}), False),
        (Line(429), False),
        (Line(400, {"error": "destination"}), True),
        (Line(200, {"error": "no number given back"}), False),
        (Line(200, "not an object"), False),
    ],
)
def test_only_a_message_that_is_wrong_itself_is_given_up(line: Line, permanent: bool) -> None:
    with pytest.raises(Undelivered) as refused:
        gateway(line)(TEXT)

    assert refused.value.permanent is permanent
    assert TEXT.to not in str(refused.value) and "key" not in str(refused.value)


def test_without_a_gateway_nothing_is_tried() -> None:
    line = Line()
    with pytest.raises(Undelivered) as refused:
        gateway(line, url="")(TEXT)

    assert refused.value.permanent and not line.posted
