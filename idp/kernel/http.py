"""Outgoing HTTP, the only place: no redirects, bounded time and size, and for addresses that clients gave a guard
against internal networks. The address that was judged is the address that is called, so a name can't change in between.

The library is imported with the first call: a worker that only answers does without its memory.
"""

import io
import ipaddress
import json
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import httpx

_LARGEST = 1_000_000
_LONGEST_MARK = 300
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Forbidden(OSError):
    """The address lies in a network that we don't call for others."""


@dataclass(frozen=True, slots=True)
class Guard:
    """Judges where a client's address leads. ``internal`` are networks that the operator's setting names."""

    internal: tuple[Network, ...] = ()

    @classmethod
    def of(cls, networks: tuple[str, ...]) -> "Guard":
        return cls(tuple(ipaddress.ip_network(network, strict=False) for network in networks))

    def resolve(self, host: str, port: int) -> str:
        """Return one numeric address of the host that may be called; every one of its addresses must be allowed."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except UnicodeError as error:
            raise Forbidden("not a host name") from error
        addresses = [str(entry[4][0]) for entry in found]
        for address in addresses:
            if not self.allows(address):
                raise Forbidden(f"{host} lies in a network that isn't public")
        return addresses[0]

    def allows(self, address: str) -> bool:
        number = ipaddress.ip_address(address.partition("%")[0])
        if isinstance(number, ipaddress.IPv6Address):
            if number.ipv4_mapped is not None:
                number = number.ipv4_mapped
            elif number.sixtofour or number.teredo or number in _NAT64:
                return False  # an IPv4 address in disguise
        if any(number in network for network in self.internal if network.version == number.version):
            return True
        return number.is_global and not number.is_multicast


class Document(NamedTuple):
    """What lay at an address, and the mark (ETag or date) by which the next request asks whether it has changed."""

    octets: bytes
    mark: str | None


class Partner:
    """One system of the operator's own settings, asked over kept connections, with mutual TLS where files are named."""

    def __init__(self, seconds: float, ca: str = "", certificate: str = "", key: str = "") -> None:
        self._seconds = seconds
        self._context = ssl.create_default_context(cafile=ca or None)
        if certificate:
            self._context.load_cert_chain(certificate, key or None)

    @cached_property
    def _http(self) -> "httpx.Client":
        import httpx

        return httpx.Client(
            verify=self._context,
            timeout=self._seconds,
            follow_redirects=False,
            trust_env=False,
            headers={"User-Agent": "city-idp"},
        )

    def call(
        self, method: str, url: str, body: Mapping[str, Any] | None, headers: Mapping[str, str], seconds: float
    ) -> tuple[int, Any]:
        """Return status and decoded JSON, None for anything else; a dead, slow or endless line raises ``OSError``."""
        until = time.monotonic() + seconds
        with _lines_end():
            content = None if body is None else dict(body)
            with self._http.stream(method, url, json=content, headers=dict(headers), timeout=seconds) as response:
                received = io.BytesIO()
                for chunk in response.iter_bytes():
                    if received.tell() + len(chunk) > _LARGEST or time.monotonic() > until:
                        raise OSError("the answer is too long, or too slow")
                    received.write(chunk)
        try:
            return response.status_code, json.loads(received.getvalue())
        except ValueError:
            return response.status_code, None

    def close(self) -> None:
        if "_http" in vars(self):
            self._http.close()


class Outgoing:
    """One connection pool a process; open after the fork, close at the end."""

    def __init__(self, guard: Guard, timeout_seconds: float) -> None:
        self._guard = guard
        self._seconds = timeout_seconds

    @cached_property
    def _http(self) -> "httpx.Client":
        import httpx

        return httpx.Client(
            timeout=self._seconds,
            follow_redirects=False,
            trust_env=False,
            headers={"User-Agent": "city-idp"},
            limits=httpx.Limits(max_keepalive_connections=0),
        )

    def post_form(self, url: str, form: Mapping[str, str], timeout: float | None = None) -> int:
        """POST a form to an address that a client gave; return the status. A dead line raises ``OSError``."""
        return self._guarded("POST", url, timeout, data=dict(form)).status_code

    def get_json(self, url: str) -> Any:
        """GET a small JSON document from an address that a client gave."""
        response = self._guarded("GET", url, None, headers={"Accept": "application/json"})
        if response.status_code != 200:
            raise OSError(f"status {response.status_code}")
        try:
            return response.json()
        except ValueError as error:
            raise OSError("not JSON") from error

    def post_json(self, url: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> tuple[int, Any]:
        """POST JSON to an address of the operator's own settings; return status and decoded answer."""
        with _lines_end():
            response = self._http.post(url, json=dict(body), headers=dict(headers))
        try:
            return response.status_code, response.json()
        except ValueError:
            return response.status_code, None

    def get_document(self, url: str, mark: str | None, largest: int, seconds: float) -> Document | None:
        """GET a document of at most so many octets within so much time; None if it is still the one of that mark.

        The whole is in memory once: what is taken in may be as large as a third of what the process may use.
        """
        headers = {"Accept": "*/*", "Accept-Encoding": "identity"}
        if mark:
            headers["If-None-Match" if mark.endswith('"') else "If-Modified-Since"] = mark
        request = self._request("GET", url, self._seconds, headers=headers)
        response, octets = self._received(request, largest, seconds)
        if response.status_code == 304 and mark:
            return None
        if response.status_code != 200 or response.headers.get("content-encoding", "identity") != "identity":
            raise OSError(f"status {response.status_code}")
        new = response.headers.get("etag") or response.headers.get("last-modified")
        return Document(octets, new if new and len(new) <= _LONGEST_MARK else None)

    def _guarded(self, method: str, url: str, timeout: float | None, **sent: Any) -> "httpx.Response":
        import httpx

        patience = self._seconds if timeout is None else timeout
        response, content = self._received(self._request(method, url, patience, **sent), _LARGEST, 2 * patience)
        return httpx.Response(response.status_code, headers=response.headers, content=content)

    def _request(self, method: str, url: str, patience: float, **sent: Any) -> "httpx.Request":
        """Return the request to a numeric address of the host, which the guard has allowed."""
        try:
            parts = urlsplit(url)
            port = parts.port or (443 if parts.scheme == "https" else 80)
        except ValueError as error:
            raise Forbidden("not an address") from error
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Forbidden("not an http address")
        address = self._guard.resolve(parts.hostname, port)
        numeric = f"[{address}]" if ":" in address else address
        headers = {**sent.pop("headers", {}), "Host": parts.netloc.rpartition("@")[2]}
        return self._http.build_request(
            method,
            parts._replace(netloc=f"{numeric}:{port}").geturl(),
            headers=headers,
            extensions={"sni_hostname": parts.hostname},
            timeout=patience,
            **sent,
        )

    def _received(self, request: "httpx.Request", largest: int, seconds: float) -> "tuple[httpx.Response, bytes]":
        # httpx's times are for one read each; a line that drips is cut by the clock of the whole.
        until = time.monotonic() + seconds
        with _lines_end():
            response = self._http.send(request, stream=True)
            try:
                content = io.BytesIO()
                for chunk in response.iter_raw():
                    if content.tell() + len(chunk) > largest or time.monotonic() > until:
                        raise OSError("the answer is too long, or too slow")
                    content.write(chunk)
            finally:
                response.close()
        return response, content.getvalue()

    def close(self) -> None:
        if "_http" in vars(self):
            self._http.close()


def plain_get(url: str, seconds: float) -> tuple[int, Mapping[str, str], Any]:
    """GET an address of the operator's own settings; return status, headers, and JSON or None.

    The system's roots judge its certificate. A dead line raises ``OSError`` with what was said of it.
    """
    import httpx

    try:
        response = httpx.get(url, timeout=seconds, trust_env=False, verify=ssl.create_default_context())
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise OSError(str(error) or type(error).__name__) from error
    try:
        return response.status_code, response.headers, response.json()
    except ValueError:
        return response.status_code, response.headers, None


@contextmanager
def _lines_end() -> Iterator[None]:
    """Turn the library's errors into the one that callers know."""
    import httpx

    try:
        yield
    except httpx.HTTPError as error:
        raise OSError(type(error).__name__) from error
