"""The section ``[registries]`` of the settings: the city's integration gateway and how patiently it is asked."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Registries:
    """Without ``gateway_url`` no registry answers. Files are PEM, but for ``callback_keys``, a JWK set."""

    gateway_url: str = ""
    gateway_token: str = ""
    gateway_ca: str = ""
    client_certificate: str = ""
    client_key: str = ""
    callback_keys: str = ""
    page_seconds: float = 2.0
    timeout_seconds: float = 10.0
    follow_up_seconds: float = 2.0
    rest_after_failures: int = 5
    rest_seconds: float = 30.0
    give_up_days: int = 30
