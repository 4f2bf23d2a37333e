"""Which addresses a client may register: redirects, pages of its own, and addresses that we ourselves will call.

Each rule returns the code of what is wrong, or None. Nothing is resolved here: a name is judged by its spelling, and
whoever calls an address looks at what the name stands for (``kernel.http``).
"""

import re
import unicodedata
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
#: Names that never leave a house: RFC 6761, RFC 6762, RFC 8375, and what ICANN reserved for inside use.
_INSIDE = (".localhost", ".local", ".internal", ".home.arpa", ".lan", ".intranet", ".corp")
#: RFC 3986: nothing else may stand in an address. A backslash or a blank is read differently by different browsers.
_ALLOWED = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()+,;=%*]+")
_HOST = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?")
_PRIVATE_SCHEME = re.compile(r"[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+")
_MOST = 2000


def redirect_fault(uri: str, native: bool, https: bool) -> str | None:
    """Judge a redirect address: https, or where we are http ourselves http; native ones by RFC 8252 7."""
    if native and (parts := _split(uri)) is not None and _PRIVATE_SCHEME.fullmatch(parts.scheme):
        return _spelling_fault(uri, parts)
    code, parts = _web(uri)
    if code is not None or parts is None:
        return code
    if parts.scheme == "http" and https and not (native and parts.hostname in LOOPBACK):
        return "client.https_needed"
    return None


def page_fault(uri: str, https: bool) -> str | None:
    """Judge the address of a page or picture that people's browsers open."""
    code, parts = _web(uri)
    if code is not None or parts is None:
        return code
    return "client.https_needed" if parts.scheme == "http" and https else None


def called_fault(uri: str, https: bool, networks: Iterable[str]) -> str | None:
    """Judge an address that may lie inside only where a setting names its network."""
    code, parts = _web(uri)
    if code is not None or parts is None:
        return code
    if parts.scheme == "http" and https:
        return "client.https_needed"
    return None if _may_be_called(parts.hostname or "", tuple(networks)) else "client.internal_address"


def resource_fault(uri: str) -> str | None:
    """Judge a resource indicator: an absolute URI without a fragment (RFC 8707 2)."""
    parts = _split(uri)
    if parts is None or not parts.scheme or len(uri) > 500:
        return "client.not_an_address"
    if "#" in uri:
        return "client.fragment"
    if parts.scheme in ("http", "https"):
        return _web(uri)[0]
    return None if parts.scheme == "urn" and parts.path else "client.scheme"


def _web(uri: str) -> tuple[str | None, SplitResult | None]:
    parts = _split(uri)
    if parts is None:
        return "client.not_an_address", None
    if parts.scheme not in ("http", "https"):
        return "client.scheme", parts
    return _spelling_fault(uri, parts) or _host_fault(parts), parts


def _split(uri: str) -> SplitResult | None:
    try:
        parts = urlsplit(uri)
        # Reading the port is what checks it.
        return parts if len(uri) <= _MOST and parts.port != 0 else None
    except ValueError:
        return None


def _spelling_fault(uri: str, parts: SplitResult) -> str | None:
    if "*" in uri:
        return "client.wildcard"
    if "#" in uri:
        return "client.fragment"
    if "@" in parts.netloc:
        return "client.userinfo"
    if not _ALLOWED.fullmatch(uri):
        return "client.lookalike" if not uri.isascii() else "client.not_an_address"
    if any(segment in (".", "..") for segment in parts.path.split("/")):
        return "client.dots"
    return None


def _host_fault(parts: SplitResult) -> str | None:
    host = parts.hostname or ""
    if not host:
        return "client.not_an_address"
    if _address(host) is not None:
        return None
    labels = host.split(".")
    if not _HOST.fullmatch(host) or "" in labels:
        return "client.not_an_address"
    # Browsers read 0x7f.1 and 2130706433 as addresses, other software as names.
    if labels[-1].isdigit() or labels[-1].startswith("0x"):
        return "client.lookalike"
    return "client.lookalike" if _is_lookalike(labels) else None


def _is_lookalike(labels: list[str]) -> bool:
    """Tell whether a label of another script stands under a domain that isn't of that script, or mixes scripts."""
    top = _scripts(labels[-1])
    for label in labels:
        scripts = _scripts(label)
        if label.startswith("xn--") and (len(scripts) != 1 or scripts != top):
            return True
    return False


def _scripts(label: str) -> frozenset[str]:
    if not label.startswith("xn--"):
        return frozenset({"LATIN"})
    try:
        text = label[4:].encode().decode("punycode")
    except UnicodeError:
        return frozenset()
    return frozenset(unicodedata.name(sign, "?").split()[0] for sign in text if sign.isalpha())


def _address(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _may_be_called(host: str, networks: tuple[str, ...]) -> bool:
    address = _address(host)
    if address is None and (host == "localhost" or host.endswith(".localhost")):
        address = IPv4Address("127.0.0.1")
    if address is None:
        return bool(networks) or ("." in host and not host.endswith(_INSIDE))
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if address.is_global and not address.is_multicast:
        return True
    return any(address in ip_network(network, strict=False) for network in networks)
