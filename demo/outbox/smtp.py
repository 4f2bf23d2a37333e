"""The mail server of the demo city: takes letters for everybody but those who were told to take none."""

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from demo.outbox.messages import Messages, read_letter


class LetterBox:
    """aiosmtpd calls it for each letter; one addressee, one message."""

    def __init__(self, messages: Messages) -> None:
        self._messages = messages

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        code = self._messages.refusal(address)
        if code:
            return f"{code} refused for the demo"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        content = envelope.original_content or b""
        subject, text = read_letter(content)
        for addressee in envelope.rcpt_tos:
            self._messages.add("email", addressee, subject, text)
        return "250 kept for the demo"


def smtp_server(messages: Messages, host: str, port: int) -> Controller:
    """Return the server, not yet started; it runs in a thread of its own."""
    return Controller(LetterBox(messages), hostname=host, port=port, decode_data=False, enable_SMTPUTF8=True)
