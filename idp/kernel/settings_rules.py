"""What settings must be beyond their types: addresses that are addresses, numbers within bounds, what fits together."""

import re
from email.utils import parseaddr
from importlib.util import find_spec
from ipaddress import ip_network
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from idp.kernel.refusal import Fault

if TYPE_CHECKING:
    from idp.kernel.settings import Settings

LOOPBACK = ("localhost", "127.0.0.1", "::1")
_LISTEN = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+):[0-9]{1,5}")
_DATABASES = ("sqlite", "postgresql", "postgresql+psycopg")
_SHORT_LIVED = [
    "file",
    "redis",
    "rediss",
    "unix",
    "redis+sentinel",
    "rediss+sentinel",
    "redis+cluster",
    "rediss+cluster",
]
_MAIL = ("smtp", "smtps", "smtp+starttls")
_ALGORITHMS = ("ES256", "RS256", "EdDSA")


def inconsistencies(settings: "Settings") -> list[Fault]:
    """Return what is of the right type and wrong all the same."""
    faults = []
    issuer = urlsplit(settings.server.issuer)
    if issuer.scheme not in ("http", "https") or not issuer.netloc or issuer.query or issuer.fragment:
        faults.append(Fault("server.issuer", "setting.not_an_issuer", {"value": settings.server.issuer}))
    if settings.server.issuer.endswith("/"):
        faults.append(Fault("server.issuer", "setting.issuer_ends_in_slash", {"value": settings.server.issuer}))
    loopback = issuer.hostname in LOOPBACK
    if issuer.scheme == "http" and not settings.server.demo and not loopback:
        faults.append(Fault("server.issuer", "setting.http_outside_demo", {"value": settings.server.issuer}))
    for name in ("trusted_proxies", "metrics_networks"):
        for network in getattr(settings.server, name):
            try:
                ip_network(network, strict=False)
            except ValueError:
                faults.append(Fault(f"server.{name}", "setting.not_a_network", {"value": network}))
    if settings.server.hosts > 1:
        for name, url in (("database.url", settings.database.url), ("short_lived.url", settings.short_lived.url)):
            if url.startswith(("sqlite:", "file:")):
                faults.append(Fault(name, "setting.embedded_for_many", {"hosts": settings.server.hosts}))
    endpoint = urlsplit(settings.tracing.endpoint)
    if settings.tracing.endpoint and (endpoint.scheme not in ("http", "https") or not endpoint.hostname):
        faults.append(Fault("tracing.endpoint", "setting.not_a_web_address", {"value": settings.tracing.endpoint}))
    elif settings.tracing.endpoint and find_spec("opentelemetry") is None:
        faults.append(Fault("tracing.endpoint", "setting.extra_missing", {"extra": "tracing"}))
    if not _LISTEN.fullmatch(settings.server.listen):
        faults.append(Fault("server.listen", "setting.not_a_listener", {"value": settings.server.listen}))
    if urlsplit(settings.database.url).scheme not in _DATABASES:
        faults.append(Fault("database.url", "setting.not_a_database"))
    if urlsplit(settings.short_lived.url).scheme not in _SHORT_LIVED:
        faults.append(Fault("short_lived.url", "setting.not_a_short_lived_store"))
    if urlsplit(settings.mail.smtp_url).scheme not in _MAIL:
        faults.append(Fault("mail.smtp_url", "setting.not_a_mail_server"))
    mailbox = parseaddr(settings.mail.sender)[1]
    if not all(mailbox.rpartition("@")) or re.search(r"\s", mailbox):
        faults.append(Fault("mail.sender", "setting.not_a_sender", {"value": settings.mail.sender}))
    for name in ("access_token_alg", "id_token_alg"):
        if getattr(settings.keys, name) not in _ALGORITHMS:
            faults.append(Fault(f"keys.{name}", "setting.not_an_algorithm", {"value": getattr(settings.keys, name)}))
    for field, number, least in (
        ("server.workers", settings.server.workers, 1),
        ("server.threads", settings.server.threads, 1),
        ("passwords.min_length", settings.passwords.min_length, 7),
    ):
        if number < least:
            faults.append(Fault(field, "setting.too_small", {"value": number, "least": least}))
    if settings.server.log_level not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        faults.append(Fault("server.log_level", "setting.not_a_level", {"value": settings.server.log_level}))
    return faults
