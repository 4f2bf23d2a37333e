"""The only place where implementations are chosen: from settings to flows, for doors, jobs and commands."""

from dataclasses import dataclass
from pathlib import Path

from idp.accounts.password_hash import Hasher
from idp.endpoints.routes import Machines
from idp.flows.admin.registry import Registry
from idp.flows.administration import Administration
from idp.flows.people import People
from idp.flows.verifications import Verifications
from idp.kernel.clock import Clock, utc_now
from idp.kernel.http import Guard, Outgoing, Partner
from idp.kernel.settings import Settings
from idp.keys.data_keys import DataKeys
from idp.keys.folder import Folder
from idp.keys.key_ring import KeyRing
from idp.protocol.subject import Subjects
from idp.store.accounts import Accounts
from idp.store.clients import Clients
from idp.store.database import Database
from idp.store.evidence import EvidenceStore
from idp.store.grants import Grants
from idp.store.journal import Journal
from idp.store.migrate import migrate
from idp.store.short_lived import ShortLived
from idp.store.short_lived_file import ShortLivedFile
from idp.wiring import administration, machines, signatures, stores
from idp.wiring.ground import Ground
from idp.wiring.people import connect


@dataclass(frozen=True, slots=True)
class Flows:
    """Everything that doors, jobs and commands may call. Made once in each process, after the fork."""

    settings: Settings
    now: Clock
    database: Database
    short_lived: ShortLived
    keys: KeyRing
    journal: Journal
    clients: Clients
    grants: Grants
    subjects: Subjects
    administration: Administration
    machines: Machines
    people: People
    verifications: Verifications
    accounts: Accounts
    evidence: EvidenceStore
    hasher: Hasher
    outgoing: Outgoing
    judging: signatures.Judging
    ground: Ground

    @property
    def registry(self) -> Registry:
        return self.administration.registry

    def close(self) -> None:
        self.hasher.close()
        self.outgoing.close()
        self.ground.gateway.close()
        self.short_lived.close()
        self.database.close()


def build(settings: Settings, now: Clock = utc_now) -> Flows:
    """Choose and connect everything the settings name."""
    database, short_lived = stores.durable(settings), stores.short_lived(settings)
    keys = KeyRing.open(Path(settings.keys.folder), settings.keys, now)
    journal = Journal(database, now)
    clients = Clients(database, now, settings.tokens.client_cache_seconds)
    grants = Grants(database)
    subjects = Subjects(keys.secret("pairwise"))
    outgoing = Outgoing(Guard.of(settings.outgoing.internal_networks), settings.outgoing.timeout_seconds)
    data_keys = DataKeys(Folder(Path(settings.keys.folder)), now)
    asked = settings.registries
    gateway = Partner(asked.timeout_seconds, asked.gateway_ca, asked.client_certificate, asked.client_key)
    ground = Ground(
        settings, now, database, short_lived, keys, journal, clients, grants, subjects, outgoing, data_keys, gateway
    )
    people, administrators = connect(ground), administration.connect(ground)
    return Flows(
        settings=settings,
        now=now,
        database=database,
        short_lived=short_lived,
        keys=keys,
        journal=journal,
        clients=clients,
        grants=grants,
        subjects=subjects,
        administration=administrators,
        machines=machines.connect(ground, administrators, people.verifications),
        people=people,
        verifications=people.verifications,
        accounts=people.accounts,
        evidence=people.evidence,
        hasher=people.hasher,
        outgoing=outgoing,
        judging=signatures.connect(ground),
        ground=ground,
    )


def build_admin(settings: Settings, now: Clock = utc_now) -> Flows:
    """Build for a command run by hand, which may come before the server's first start."""
    database = stores.durable(settings)
    try:
        migrate(database)
    finally:
        database.close()
    return build(settings, now)


def prepare(settings: Settings) -> None:
    """Make once what all workers share: the folders, the schema, the keys. Run by a command before the fork.

    Codes of a short-lived file are forgotten: after a power cut a used one could have come back to life.
    """
    database, short_lived = stores.durable(settings), stores.short_lived(settings)
    try:
        migrate(database)
        if isinstance(short_lived, ShortLivedFile):
            short_lived.forget("code")
        KeyRing.open(Path(settings.keys.folder), settings.keys, utc_now).prepare()
        DataKeys(Folder(Path(settings.keys.folder)), utc_now).prepare()
    finally:
        short_lived.close()
        database.close()
