"""What the provider offers, as far as a client's metadata can ask for it; wiring fills it from the code's lists."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Offered:
    """What the provider can do, as far as metadata speak of it."""

    issuer: str
    internal_networks: tuple[str, ...]
    scopes: frozenset[str]
    acr_values: tuple[str, ...]
    grant_types: frozenset[str]
    auth_methods: frozenset[str]
    signing_algs: frozenset[str]
    assertion_algs: frozenset[str]

    @property
    def https(self) -> bool:
        return self.issuer.startswith("https://")
