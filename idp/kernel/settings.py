"""Settings: ``config/default.toml`` explained there, one file of the operator's over it, then the environment.

``IDP__LIMITS__SIGN_IN_TRIES=5`` overrides ``[limits] sign_in_tries``. Every fault is found at once and named.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_type_hints
from urllib.parse import urlsplit

from idp.kernel.assurance_settings import Assurance, StepUp
from idp.kernel.limit_settings import Limits
from idp.kernel.refusal import Fault, Faulty
from idp.kernel.registry_settings import Registries
from idp.kernel.setting_values import section_of
from idp.kernel.settings_rules import LOOPBACK, inconsistencies
from idp.kernel.store_settings import Backup, Database, ShortLived

PREFIX = "IDP__"


@dataclass(frozen=True, slots=True)
class Server:
    issuer: str = "http://localhost:8000"
    listen: str = "127.0.0.1:8000"
    hosts: int = 1
    workers: int = 2
    threads: int = 16
    connections: int = 1000
    head_seconds: float = 5.0
    body_seconds: float = 10.0
    demo: bool = False
    trusted_proxies: tuple[str, ...] = ()
    max_body_bytes: int = 65_536
    log_level: str = "INFO"
    metrics_folder: str = ""
    metrics_networks: tuple[str, ...] = ("127.0.0.0/8", "::1/128")


@dataclass(frozen=True, slots=True)
class Keys:
    folder: str = "keys"
    announce_seconds: int = 3600
    retire_seconds: int = 86_400
    access_token_alg: str = "ES256"
    id_token_alg: str = "RS256"


@dataclass(frozen=True, slots=True)
class Tokens:
    code_seconds: int = 60
    access_seconds: int = 300
    id_seconds: int = 3600
    refresh_days: int = 90
    refresh_grace_seconds: int = 30
    client_cache_seconds: float = 5.0


@dataclass(frozen=True, slots=True)
class Sessions:
    idle_minutes: int = 30
    shared_idle_minutes: int = 5
    absolute_hours: int = 12


@dataclass(frozen=True, slots=True)
class Registration:
    phone_required: bool = True
    question_required: bool = False
    expires_hours: int = 24
    agreement_version: str = "2026-11-01"


@dataclass(frozen=True, slots=True)
class Confirmation:
    code_minutes: int = 10
    link_hours: int = 24
    resend_seconds: int = 60
    ask_again_days: int = 365


@dataclass(frozen=True, slots=True)
class Passwords:
    min_length: int = 8
    max_length: int = 128
    argon2_memory_kib: int = 19_456
    argon2_time: int = 2
    argon2_parallelism: int = 1
    parallel_hashes: int = 1


@dataclass(frozen=True, slots=True)
class Mail:
    smtp_url: str = "smtp://localhost:25"
    sender: str = "City Sign-in <no-reply@localhost>"


@dataclass(frozen=True, slots=True)
class Sms:
    gateway_url: str = ""
    api_key: str = ""
    sender: str = "Moslogin"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Addresses that clients give may lie in these networks although they aren't public (CIDR)."""

    internal_networks: tuple[str, ...] = ()
    timeout_seconds: float = 3.0
    logout_attempts: int = 8
    message_attempts: int = 10


@dataclass(frozen=True, slots=True)
class Signatures:
    """Files are DER, but for the JSON of ``accredited``. Without anchors nobody signs in by a certificate."""

    anchors: tuple[str, ...] = ()
    anchors_any_family: tuple[str, ...] = ()
    intermediates: tuple[str, ...] = ()
    accredited: str = ""
    trust_list_url: str = ""
    trust_list_ogrn: str = "1047702026701"
    lists: tuple[str, ...] = ()
    lists_seconds: float = 1800.0
    trust_list_seconds: float = 43_200.0
    fetch_seconds: float = 300.0
    accelerator: bool = True


@dataclass(frozen=True, slots=True)
class Tracing:
    """Without an endpoint nothing is traced; ``share`` is how many of the traces leave, 1.0 for all."""

    endpoint: str = ""
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Support:
    phone: str = "+7 495 000-00-00"
    email: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    server: Server = field(default_factory=Server)
    database: Database = field(default_factory=Database)
    short_lived: ShortLived = field(default_factory=ShortLived)
    backup: Backup = field(default_factory=Backup)
    keys: Keys = field(default_factory=Keys)
    tokens: Tokens = field(default_factory=Tokens)
    sessions: Sessions = field(default_factory=Sessions)
    step_up: StepUp = field(default_factory=StepUp)
    assurance: Assurance = field(default_factory=Assurance)
    limits: Limits = field(default_factory=Limits)
    registration: Registration = field(default_factory=Registration)
    confirmation: Confirmation = field(default_factory=Confirmation)
    passwords: Passwords = field(default_factory=Passwords)
    mail: Mail = field(default_factory=Mail)
    sms: Sms = field(default_factory=Sms)
    outgoing: Outgoing = field(default_factory=Outgoing)
    registries: Registries = field(default_factory=Registries)
    signatures: Signatures = field(default_factory=Signatures)
    tracing: Tracing = field(default_factory=Tracing)
    support: Support = field(default_factory=Support)

    @property
    def issuer(self) -> str:
        return self.server.issuer

    @property
    def for_real(self) -> bool:
        """Whether others than this machine are meant to use it: neither the demo mode nor loopback."""
        return not self.server.demo and urlsplit(self.server.issuer).hostname not in LOOPBACK

    @property
    def secure(self) -> bool:
        """Whether people reach us by https; cookies carry ``Secure`` and ``__Host-`` then."""
        return self.server.issuer.startswith("https://")


def load(path: Path | None, environment: Mapping[str, str]) -> Settings:
    """Read the file, if any, then the environment; raise ``Faulty`` with everything that is wrong."""
    settings, faults = read(path, environment)
    if faults:
        raise Faulty(faults, "settings.faulty")
    return settings


def read(path: Path | None, environment: Mapping[str, str]) -> tuple[Settings, list[Fault]]:
    """Return the settings with everything that is wrong with them; what can't be used stands at its default."""
    faults: list[Fault] = []
    given: dict[str, dict[str, Any]] = {}
    if path is not None:
        try:
            document = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            faults.append(Fault(str(path), "setting.unreadable", {"reason": str(error)}))
            document = {}
        for section, values in document.items():
            if isinstance(values, dict):
                given[section] = dict(values)
            else:
                faults.append(Fault(section, "setting.unknown"))
    for name, text in environment.items():
        if name.startswith(PREFIX) and name.count("__") >= 2:
            section, _, key = name.removeprefix(PREFIX).lower().partition("__")
            given.setdefault(section, {})[key] = text

    sections: dict[str, Any] = {}
    hints = get_type_hints(Settings)
    for section, values in given.items():
        if section not in hints:
            faults.append(Fault(section, "setting.unknown"))
            continue
        sections[section] = section_of(section, hints[section], values, faults)
    settings = Settings(**{key: value for key, value in sections.items() if value is not None})
    faults.extend(inconsistencies(settings))
    return settings, faults
