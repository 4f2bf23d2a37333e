"""Every address of the machines' door, in one table."""

from dataclasses import dataclass
from typing import Any, Protocol

from idp.endpoints import admin_api
from idp.endpoints.dialect import DOCUMENTS
from idp.endpoints.discovery import DiscoveryEndpoint, JwksEndpoint
from idp.endpoints.health import ReadyEndpoint, live
from idp.endpoints.introspection import IntrospectionEndpoint
from idp.endpoints.metrics import MetricsEndpoint
from idp.endpoints.registry_answers import RegistryAnswersEndpoint
from idp.endpoints.revocation import RevocationEndpoint
from idp.endpoints.router import Resource, Routes
from idp.endpoints.token import TokenEndpoint
from idp.endpoints.userinfo import UserInfoEndpoint
from idp.flows.administration import Administration
from idp.flows.introspection import Introspect
from idp.flows.ready import Ready
from idp.flows.revocation import RevokeToken
from idp.flows.token import Token
from idp.flows.userinfo import UserInfo
from idp.flows.verification.take_answer import TakeAnswer
from idp.keys.key_ring import KeyRing
from idp.protocol.client_authentication.authenticate import ClientAuthentication


@dataclass(frozen=True, slots=True)
class Machines:
    """Everything that the endpoints call. ``jwks_max_age`` is how long others may keep our keys, in seconds."""

    metadata: dict[str, Any]
    keys: KeyRing
    jwks_max_age: int
    authenticate: ClientAuthentication
    token: Token
    userinfo: UserInfo
    introspect: Introspect
    revoke: RevokeToken
    ready: Ready
    metrics: MetricsEndpoint
    take_answer: TakeAnswer
    administration: Administration


class HasMachines(Protocol):
    @property
    def machines(self) -> Machines:
        """What the endpoints call."""


def routes(flows: HasMachines) -> Routes:
    """Return the endpoints by path and method; those of the administrators' API stand in a table of their own."""
    door = flows.machines
    discovery = DiscoveryEndpoint.of(door.metadata)
    userinfo = UserInfoEndpoint(door.userinfo)
    return {
        "/.well-known/openid-configuration": {"GET": discovery},
        "/.well-known/oauth-authorization-server": {"GET": discovery},
        "/jwks": {"GET": JwksEndpoint(door.keys, door.jwks_max_age)},
        "/token": {"POST": TokenEndpoint(door.authenticate, door.token)},
        "/introspect": {"POST": IntrospectionEndpoint(door.authenticate, door.introspect)},
        "/revoke": {"POST": RevocationEndpoint(door.authenticate, door.revoke)},
        "/userinfo": {"GET": userinfo, "POST": userinfo},
        "/registries/answers": Resource({"POST": RegistryAnswersEndpoint(door.take_answer)}, DOCUMENTS),
        "/health/live": {"GET": live},
        "/health/ready": {"GET": ReadyEndpoint(door.ready)},
        "/metrics": {"GET": door.metrics},
        **admin_api.routes(door.administration, door.metadata["issuer"]),
    }
