"""Connects what stands behind the machines' door."""

from collections.abc import Iterable
from datetime import timedelta
from functools import partial

from idp.accounts.consent import Consent
from idp.assurance import acr
from idp.assurance.identifiers import SNILS
from idp.endpoints.metrics import MetricsEndpoint
from idp.endpoints.peers import networks
from idp.endpoints.routes import Machines
from idp.flows.administration import Administration
from idp.flows.grants import authorization_code, client_credentials, refresh_token
from idp.flows.introspection import Introspect
from idp.flows.ready import Ready
from idp.flows.revocation import RevokeToken
from idp.flows.token import GrantType, Token
from idp.flows.userinfo import UserInfo
from idp.flows.verifications import Verifications
from idp.flows.watch import Watch
from idp.protocol import metadata
from idp.protocol.access_token import AccessTokens
from idp.protocol.client_authentication import assertion, authenticate
from idp.protocol.issue import Issue
from idp.protocol.refresh_token import RefreshTokens
from idp.store.consents import Consents
from idp.store.floor import Floor
from idp.store.list_sources import ListSources
from idp.store.outbox import Outbox
from idp.store.personal_data import PersonalData
from idp.store.revocation_lists import RevocationLists
from idp.store.short_lived import ShortLived
from idp.store.trust_lists import TrustLists
from idp.wiring.ground import Ground
from idp.wiring.offered import ways


def connect(ground: Ground, administration: Administration, verifications: Verifications) -> Machines:
    settings, now, keys = ground.settings, ground.now, ground.keys
    short_lived, clients, grants, journal = ground.short_lived, ground.clients, ground.grants, ground.journal
    issuer, grace = settings.issuer, timedelta(seconds=settings.tokens.refresh_grace_seconds)
    issue = Issue(
        issuer,
        keys.signer,
        ground.subjects,
        partial(_latest, Consents(ground.database)),
        partial(_matched, PersonalData(ground.database, ground.data_keys)),
        now,
        settings.keys.access_token_alg,
        settings.keys.id_token_alg,
        settings.tokens.access_seconds,
        settings.tokens.id_seconds,
        settings.assurance.trust_framework,
    )
    refresh_tokens = RefreshTokens(keys.secret("refresh"))
    access_tokens = AccessTokens(issuer, keys.verify, Floor(ground.database).moment)
    token_endpoint = issuer + metadata.ENDPOINTS["token_endpoint"]
    assertions = assertion.ClientAssertion(issuer, token_endpoint, partial(_first_use, short_lived), now)
    by_code = authorization_code.AuthorizationCode(short_lived, grants, issue, refresh_tokens, journal, now)
    by_refresh = refresh_token.RefreshToken(grants, issue, refresh_tokens, journal, now, grace)
    grant_types: dict[str, GrantType] = {
        authorization_code.GRANT_TYPE: by_code,
        refresh_token.GRANT_TYPE: by_refresh,
        client_credentials.GRANT_TYPE: client_credentials.ClientCredentials(issue),
    }
    return Machines(
        metadata=metadata.document(
            issuer, grant_types, acr.supported(ways(settings)), settings.assurance.trust_framework
        ),
        keys=keys,
        jwks_max_age=max(1, min(900, settings.keys.announce_seconds // 4)),
        authenticate=authenticate.ClientAuthentication(clients.get, assertions),
        token=Token(grant_types),
        userinfo=UserInfo(access_tokens, clients, grants, issue, now),
        introspect=Introspect(
            access_tokens, refresh_tokens, clients, grants, short_lived, ground.subjects, issuer, now, grace
        ),
        revoke=RevokeToken(access_tokens, refresh_tokens, grants, short_lived, journal, now),
        ready=Ready(
            {
                "database": ground.database.ping,
                "short_lived": partial(short_lived.peek, "limit", "ready"),
                "keys": partial(keys.signer, settings.keys.access_token_alg),
            }
        ),
        metrics=MetricsEndpoint(
            networks(settings.server.metrics_networks),
            Watch(
                Outbox(ground.database, now),
                keys,
                RevocationLists(ground.database, now),
                ListSources(ground.database, now),
                TrustLists(ground.database, now),
                now,
            ),
        ),
        take_answer=verifications.take_answer,
        administration=administration,
    )


def _latest(consents: Consents, account_id: str) -> Iterable[Consent]:
    return consents.latest(account_id).values()


def _matched(personal_data: PersonalData, account_id: str) -> str | None:
    kept = personal_data.of(account_id, SNILS)
    return kept.value if kept is not None and kept.held else None


def _first_use(short_lived: ShortLived, key: str, seconds: float) -> bool:
    return short_lived.put("assertion", key, True, seconds)
