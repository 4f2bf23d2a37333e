"""Letters by SMTP: one connection a letter, TLS as the address says, nothing personal in what it raises."""

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime, parseaddr
from urllib.parse import SplitResult, unquote, urlsplit

from idp.notifications.message import Message, Undelivered


@dataclass(frozen=True, slots=True)
class Smtp:
    """``url``: ``smtp://`` (TLS if the server offers it), ``smtp+starttls://`` (TLS or nothing), ``smtps://``."""

    url: str
    sender: str
    seconds: float

    def __call__(self, message: Message) -> None:
        letter = EmailMessage(policy=SMTP_POLICY)
        letter["From"] = self.sender
        letter["To"] = message.to
        letter["Subject"] = message.subject
        letter["Date"] = format_datetime(message.at)
        domain = parseaddr(self.sender)[1].rpartition("@")[2] or "localhost"
        letter["Message-ID"] = f"<{message.id}@{domain}>"
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(message.text)
        try:
            with self._connect() as server:
                server.send_message(letter)
        except smtplib.SMTPRecipientsRefused as error:
            code = next(iter(error.recipients.values()))[0] if error.recipients else 550
            raise Undelivered(f"recipient refused: {code}", nobody_there=code >= 500) from error
        except smtplib.SMTPResponseException as error:
            raise Undelivered(f"server said {error.smtp_code}", nobody_there=error.smtp_code == 550) from error
        except (OSError, smtplib.SMTPException) as error:
            raise Undelivered(type(error).__name__, line=True) from error

    def greet(self) -> None:
        """Connect as for a letter, sign in, and leave; ``Undelivered`` says what stood in the way."""
        try:
            with self._connect() as server:
                server.noop()
        except smtplib.SMTPResponseException as error:
            raise Undelivered(f"server said {error.smtp_code}") from error
        except (OSError, smtplib.SMTPException) as error:
            raise Undelivered(str(error) or type(error).__name__) from error

    def _connect(self) -> smtplib.SMTP:
        address = urlsplit(self.url)
        host = address.hostname or "localhost"
        if address.scheme == "smtps":
            context = ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, address.port or 465, timeout=self.seconds, context=context)
        else:
            server = smtplib.SMTP(host, address.port or 25, timeout=self.seconds)
        try:
            self._prove(server, address)
        except BaseException:
            server.close()
            raise
        return server

    def _prove(self, server: smtplib.SMTP, address: SplitResult) -> None:
        """Encrypt the line as the address says, and sign in if it names somebody."""
        if address.scheme != "smtps":
            server.ehlo()
            if address.scheme == "smtp+starttls" or server.has_extn("starttls"):
                server.starttls(context=ssl.create_default_context())
        if address.username:
            server.login(unquote(address.username), unquote(address.password or ""))
