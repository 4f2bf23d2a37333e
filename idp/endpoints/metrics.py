"""``GET /metrics``: numbers for Prometheus, for the networks that a setting names; for others there is no such page."""

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass

from idp.endpoints.peers import Network
from idp.endpoints.reply import NO_STORE, Reply
from idp.kernel import metrics
from idp.protocol.requests import Request


@dataclass(frozen=True, slots=True)
class MetricsEndpoint:
    """``present`` returns the gauges of this moment: name, what it says, value."""

    networks: tuple[Network, ...]
    present: Callable[[], list[metrics.Present]]

    def __call__(self, request: Request) -> Reply:
        if not self._may_read(request):
            return Reply(404, NO_STORE)
        return Reply(200, (("Content-Type", metrics.CONTENT_TYPE), *NO_STORE), metrics.reading(self.present()))

    def _may_read(self, request: Request) -> bool:
        """A proxy that we weren't told of makes everybody look like a neighbour, so what it hands on is refused."""
        if "x-forwarded-for" in request.headers or "forwarded" in request.headers:
            return False
        try:
            number = ipaddress.ip_address(request.address)
        except ValueError:
            return False
        return any(number in network for network in self.networks if network.version == number.version)
