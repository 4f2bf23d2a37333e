"""Our own public address, asked as a portal asks it: who answers there, by which certificate, at what time."""

import socket
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from idp.kernel.http import plain_get

DISCOVERY = "/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True)
class Found:
    """``trouble`` is the code of what stood in the way, ``reason`` what was said of it."""

    trouble: str = ""
    reason: str = ""
    issuer: str = ""
    at: datetime | None = None
    certificate_ends: datetime | None = None


def ask(issuer: str, seconds: float) -> Found:
    """Ask for the discovery document; the system's own roots judge the certificate."""
    try:
        status, headers, document = plain_get(f"{issuer}{DISCOVERY}", seconds)
    except OSError as error:
        trouble = "check.certificate" if "certificate" in str(error).lower() else "check.issuer_away"
        return Found(trouble, str(error))
    if status != 200 or not isinstance(document, dict):
        return Found("check.issuer_away", f"status {status}")
    at = parsedate_to_datetime(headers["date"]) if "date" in headers else None
    ends = certificate_ends(issuer, seconds) if issuer.startswith("https://") else None
    return Found("", "", str(document.get("issuer")), at, ends)


def answers(url: str, seconds: float) -> str:
    """Return why nobody answers at an address; empty if somebody does, whatever the answer is."""
    try:
        plain_get(url, seconds)
    except OSError as error:
        return str(error)
    return ""


def certificate_ends(url: str, seconds: float) -> datetime | None:
    """Return when the certificate of an https address ends."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        with (
            socket.create_connection((host, parts.port or 443), timeout=seconds) as line,
            ssl.create_default_context().wrap_socket(line, server_hostname=host) as spoken,
        ):
            shown: Any = spoken.getpeercert()
    except OSError:
        return None
    return (
        datetime.fromtimestamp(ssl.cert_time_to_seconds(str(shown["notAfter"])), UTC) if "notAfter" in shown else None
    )
