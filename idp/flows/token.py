"""The token endpoint's use case: pick the grant that the request names, if the client may use it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from idp.clients.client import Client
from idp.protocol.errors import InvalidRequest, UnauthorizedClient, UnsupportedGrantType
from idp.protocol.requests import Form


class GrantType(Protocol):
    """A way to get tokens. It refuses by ``OAuthError`` and returns the members of the token answer."""

    def __call__(self, client: Client, form: Form) -> dict[str, Any]:
        """Turn what the client holds into tokens."""


@dataclass(frozen=True, slots=True)
class Token:
    """``grants`` maps each ``grant_type`` to what handles it."""

    grants: Mapping[str, GrantType]

    def __call__(self, client: Client, form: Form) -> dict[str, Any]:
        grant_type = form.one("grant_type")
        if grant_type is None:
            raise InvalidRequest("grant_type is missing")
        grant = self.grants.get(grant_type)
        if grant is None:
            raise UnsupportedGrantType("grant_type is not one of grant_types_supported")
        if grant_type not in client.grant_types:
            raise UnauthorizedClient("the client is not registered for this grant_type")
        return grant(client, form)
