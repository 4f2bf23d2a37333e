"""Letters go out by SMTP; what the server answers decides whether another try makes sense."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope

from demo.outbox.messages import Messages
from demo.outbox.smtp import smtp_server
from idp.notifications.email import Smtp
from idp.notifications.message import Channel, Message, Undelivered
from tests.servers import free_port

AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
LETTER = Message(Channel.EMAIL, "anna@example.ru", "Подтвердите почту", "Код: 123456\n\nГородской вход", "m-1", AT)
SENDER = "Городской вход <no-reply@city.test>"


class Answers:
    """A mail server with a fixed answer to every addressee."""

    def __init__(self, answer: str) -> None:
        self.answer = answer

    async def handle_RCPT(self, *_: object) -> str:  # noqa: N802 - aiosmtpd's name
        return self.answer


@contextmanager
def server(answer: str) -> Iterator[int]:
    running = Controller(Answers(answer), hostname="127.0.0.1", port=free_port())
    running.start()
    try:
        yield running.port
    finally:
        running.stop()


def test_a_letter_arrives_as_it_was_written(tmp_path) -> None:
    messages, port = Messages(tmp_path / "outbox.db"), free_port()
    running = smtp_server(messages, "127.0.0.1", port)
    running.start()
    try:
        Smtp(f"smtp://127.0.0.1:{port}", SENDER, 10)(LETTER)
    finally:
        running.stop()
    [arrived] = messages.newest()
    messages.close()

    assert (arrived.to, arrived.subject, arrived.text) == (LETTER.to, LETTER.subject, LETTER.text)


@pytest.mark.parametrize(
    ("answer", "permanent"),
    [("550 no such mailbox", True), ("552 over quota", True), ("451 come back later", False)],
)
def test_a_refused_addressee_is_given_up_only_if_for_good(answer: str, permanent: bool) -> None:
    with server(answer) as port, pytest.raises(Undelivered) as refused:
        Smtp(f"smtp://127.0.0.1:{port}", SENDER, 10)(LETTER)

    assert refused.value.permanent is permanent
    assert LETTER.to not in str(refused.value)


def test_without_the_encryption_that_was_demanded_nothing_is_sent() -> None:
    with server("250 fine") as port, pytest.raises(Undelivered) as refused:
        Smtp(f"smtp+starttls://127.0.0.1:{port}", SENDER, 10)(LETTER)

    assert not refused.value.permanent


def test_a_dead_line_is_tried_again() -> None:
    with pytest.raises(Undelivered) as refused:
        Smtp(f"smtp://127.0.0.1:{free_port()}", SENDER, 10)(LETTER)

    assert not refused.value.permanent
    assert refused.value.line


def test_a_letter_that_is_tried_again_is_the_same_letter() -> None:
    """Its Message-ID and Date stay, so that a mailbox that got it twice can tell."""
    kept: list[EmailMessage] = []

    class Keeps:
        async def handle_DATA(self, _server: object, _session: object, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
            kept.append(message_from_bytes(envelope.content or b"", policy=default))  # type: ignore[arg-type]
            return "250 taken"

    running = Controller(Keeps(), hostname="127.0.0.1", port=free_port())
    running.start()
    try:
        for _ in range(2):
            Smtp(f"smtp://127.0.0.1:{running.port}", SENDER, 10)(LETTER)
    finally:
        running.stop()

    assert [(letter["Message-ID"], letter["Date"].datetime) for letter in kept] == [("<m-1@city.test>", AT)] * 2
