"""The only place where implementations are chosen: from settings to flows, for doors, jobs and commands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

from idp.accounts.consent import Consent
from idp.assurance import acr
from idp.clients.offered import Offered
from idp.endpoints.routes import Machines
from idp.flows.admin.clients import Registry
from idp.flows.grants import GRANT_TYPES, authorization_code, client_credentials, refresh_token
from idp.flows.introspection import Introspect
from idp.flows.people import People
from idp.flows.revocation import RevokeToken
from idp.flows.token import GrantType, Token
from idp.flows.userinfo import UserInfo
from idp.kernel.clock import Clock, utc_now
from idp.kernel.http import Guard, Outgoing
from idp.kernel.settings import Settings
from idp.keys.key_ring import KeyRing
from idp.protocol import metadata, scopes
from idp.protocol.access_token import AccessTokens
from idp.protocol.client_authentication import assertion, authenticate
from idp.protocol.issue import Issue
from idp.protocol.refresh_token import RefreshTokens
from idp.protocol.subject import Subjects
from idp.store.clients import Clients
from idp.store.consents import Consents
from idp.store.database import Database
from idp.store.grants import Grants
from idp.store.journal import Journal
from idp.store.migrate import migrate
from idp.store.short_lived import ShortLived
from idp.store.short_lived_file import ShortLivedFile
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
    registry: Registry
    machines: Machines
    people: People
    outgoing: Outgoing
    ground: Ground

    def close(self) -> None:
        self.outgoing.close()
        self.short_lived.close()
        self.database.close()


def build(settings: Settings, now: Clock = utc_now) -> Flows:
    """Choose and connect everything the settings name."""
    database = Database(settings.database.url, pool_size=settings.server.threads + 4)
    short_lived = ShortLivedFile(Path(settings.short_lived.url.removeprefix("file:")))
    keys = KeyRing.open(Path(settings.keys.folder), settings.keys, now)
    journal = Journal(database, now)
    clients = Clients(database, now, settings.tokens.client_cache_seconds)
    grants = Grants(database)
    subjects = Subjects(keys.secret("pairwise"))
    outgoing = Outgoing(Guard.of(settings.outgoing.internal_networks), settings.outgoing.timeout_seconds)
    ground = Ground(settings, now, database, short_lived, keys, journal, clients, grants, subjects, outgoing)
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
        registry=Registry(clients, grants, journal, _offered(settings), _no_sector_document, now),
        machines=_machines(settings, now, short_lived, keys, journal, clients, grants, subjects, Consents(database)),
        people=connect(ground),
        outgoing=outgoing,
        ground=ground,
    )


def build_admin(settings: Settings, now: Clock = utc_now) -> Flows:
    """Build for a command run by hand, which may come before the server's first start."""
    database = _reachable(settings)
    try:
        migrate(database)
    finally:
        database.close()
    return build(settings, now)


def _machines(
    settings: Settings,
    now: Clock,
    short_lived: ShortLived,
    keys: KeyRing,
    journal: Journal,
    clients: Clients,
    grants: Grants,
    subjects: Subjects,
    consents: Consents,
) -> Machines:
    """Connect what stands behind the machines' door."""

    def consents_of(account_id: str) -> Iterable[Consent]:
        return consents.latest(account_id).values()

    tokens, issuer = settings.tokens, settings.issuer
    grace = timedelta(seconds=tokens.refresh_grace_seconds)
    issue = Issue(
        issuer,
        keys.signer,
        subjects,
        consents_of,
        now,
        settings.keys.access_token_alg,
        settings.keys.id_token_alg,
        tokens.access_seconds,
        tokens.id_seconds,
    )
    refresh_tokens = RefreshTokens(keys.secret("refresh"))
    access_tokens = AccessTokens(issuer, keys.verify)
    assertions = assertion.ClientAssertion(
        issuer, issuer + metadata.ENDPOINTS["token_endpoint"], partial(_first_use, short_lived), now
    )
    by_code = authorization_code.AuthorizationCode(short_lived, grants, issue, refresh_tokens, journal, now)
    by_refresh = refresh_token.RefreshToken(grants, issue, refresh_tokens, journal, now, grace)
    grant_types: dict[str, GrantType] = {
        authorization_code.GRANT_TYPE: by_code,
        refresh_token.GRANT_TYPE: by_refresh,
        client_credentials.GRANT_TYPE: client_credentials.ClientCredentials(issue),
    }
    return Machines(
        metadata=metadata.document(issuer, grant_types, acr.supported()),
        keys=keys,
        jwks_max_age=max(1, min(900, settings.keys.announce_seconds // 4)),
        authenticate=authenticate.ClientAuthentication(clients.get, assertions),
        token=Token(grant_types),
        userinfo=UserInfo(access_tokens, clients, grants, consents_of, issue, now),
        introspect=Introspect(
            access_tokens, refresh_tokens, clients, grants, short_lived, subjects, issuer, now, grace
        ),
        revoke=RevokeToken(access_tokens, refresh_tokens, grants, short_lived, journal, now),
    )


def _offered(settings: Settings) -> Offered:
    return Offered(
        settings.issuer,
        settings.outgoing.internal_networks,
        frozenset(scopes.SUPPORTED),
        acr.KNOWN,
        frozenset(GRANT_TYPES),
        frozenset(authenticate.METHODS),
        frozenset(metadata.SIGNING_ALGS),
        frozenset(assertion.ALGORITHMS),
    )


def _first_use(short_lived: ShortLived, key: str, seconds: float) -> bool:
    return short_lived.put("assertion", key, True, seconds)


def _no_sector_document(address: str) -> tuple[str, ...]:
    return ()


def _reachable(settings: Settings) -> Database:
    """Return the database; a file's folder is made."""
    database = Database(settings.database.url)
    if database.is_sqlite and database.url.database:
        Path(database.url.database).parent.mkdir(parents=True, exist_ok=True)
    return database


def prepare(settings: Settings) -> None:
    """Make once what all workers share: the folders, the schema, the keys. Run by a command before the fork.

    Codes of a short-lived file are forgotten: after a power cut a used one could have come back to life.
    """
    database = _reachable(settings)
    short_lived = ShortLivedFile(Path(settings.short_lived.url.removeprefix("file:")))
    try:
        migrate(database)
        short_lived.forget("code")
        KeyRing.open(Path(settings.keys.folder), settings.keys, utc_now).prepare()
    finally:
        short_lived.close()
        database.close()
