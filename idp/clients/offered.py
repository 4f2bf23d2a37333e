"""What the provider offers, as far as a client's metadata can ask for it; wiring fills it from the code's lists."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Offered:
    """What the provider can do, as far as metadata speak of it.

    ``service_scopes`` open the provider's own interfaces to a service: only an administrator's act offers them.
    """

    issuer: str
    internal_networks: tuple[str, ...]
    scopes: frozenset[str]
    acr_values: tuple[str, ...]
    grant_types: frozenset[str]
    auth_methods: frozenset[str]
    signing_algs: frozenset[str]
    assertion_algs: frozenset[str]
    service_scopes: frozenset[str] = frozenset()

    @property
    def https(self) -> bool:
        return self.issuer.startswith("https://")
