"""Who is at the other end: the peer itself, or, behind a proxy that the settings name, the one the proxy speaks for."""

import ipaddress
from dataclasses import dataclass

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def networks(texts: tuple[str, ...]) -> tuple[Network, ...]:
    """Return the networks of a setting; it was judged when it was read."""
    return tuple(ipaddress.ip_network(text, strict=False) for text in texts)


@dataclass(frozen=True, slots=True)
class Peers:
    """``trusted`` are the networks of our own proxies, whose ``X-Forwarded-For`` is believed."""

    trusted: tuple[Network, ...] = ()

    def address(self, peer: str, forwarded: str) -> str:
        """Return the nearest address that isn't a proxy of ours.

        The header is read from its end: what stands further left was written by somebody we have no reason to believe.
        """
        if not self.trusted or not forwarded or not self._is_ours(peer):
            return peer
        nearest = peer
        for hop in reversed(forwarded.split(",")):
            if (found := _numeric(hop)) is None:
                return nearest
            nearest = found
            if not self._is_ours(nearest):
                return nearest
        return nearest

    def _is_ours(self, address: str) -> bool:
        try:
            number = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(number in network for network in self.trusted if network.version == number.version)


def _numeric(hop: str) -> str | None:
    """Return a hop as a plain address; proxies write a port behind it, or brackets around it."""
    text = hop.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return None
