"""Who asks: nobody can write themselves another address."""

import pytest

from idp.endpoints.peers import Peers, networks

OURS = Peers(networks(("10.0.0.0/8", "2001:db8::/32")))


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.9", "", "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("10.0.0.2", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.2", "192.0.2.7, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.2", "192.0.2.7, 198.51.100.1, 10.0.0.1", "198.51.100.1"),
        ("10.0.0.2", "10.0.0.9", "10.0.0.9"),
        ("10.0.0.2", "198.51.100.1:5123", "198.51.100.1"),
        ("10.0.0.2", "[2001:db9::1]:443", "2001:db9::1"),
        ("2001:db8::2", "2001:db9::1", "2001:db9::1"),
        ("10.0.0.2", "unknown", "10.0.0.2"),
        ("10.0.0.2", "198.51.100.1, <script>", "10.0.0.2"),
        ("", "198.51.100.1", ""),
    ],
)
def test_the_nearest_address_that_is_no_proxy_of_ours_asks(peer: str, forwarded: str, address: str) -> None:
    assert OURS.address(peer, forwarded) == address


def test_without_trusted_proxies_the_header_says_nothing() -> None:
    assert Peers().address("10.0.0.2", "198.51.100.1") == "10.0.0.2"
