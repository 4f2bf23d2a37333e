"""Which Redis an address means: one server, what Sentinels name as the primary, or a cluster.

``redis://``, ``rediss://`` and ``unix://`` as redis-py writes them; ``redis+sentinel://host:port,host:port/name`` and
``redis+cluster://host:port,host:port`` (``rediss+…`` with TLS) with ``user:password@`` before the hosts, ``db`` and
``ssl_ca_certs`` in the query. The same credentials serve the Sentinels.
"""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from redis import Redis
from redis.backoff import ConstantBackoff
from redis.cluster import ClusterNode, RedisCluster
from redis.exceptions import ConnectionError as Disconnected
from redis.retry import Retry
from redis.sentinel import Sentinel

_SENTINEL_PORT, _PORT = 26_379, 6_379


def is_replicated(url: str) -> bool:
    """Tell whether a replica may take over: it can lack the newest writes."""
    return "+" in urlsplit(url).scheme


def connect(url: str, timeout_seconds: float) -> "Redis | RedisCluster":
    """Return a client; it connects when it is first used.

    A connection that a restarted server has closed is replaced at once, so its first request doesn't pay for it. What
    timed out is not sent again: it may have been carried out.
    """
    options: dict[str, Any] = {
        "socket_timeout": timeout_seconds,
        "socket_connect_timeout": timeout_seconds,
        "retry": Retry(ConstantBackoff(0.05), 1, (Disconnected,)),
    }
    scheme, _, kind = urlsplit(url).scheme.partition("+")
    if not kind:
        return Redis.from_url(url, **options)
    options |= _named(url)
    if scheme == "rediss":
        options["ssl"] = True
    if kind == "cluster":
        options.pop("db")
        options["retry"] = Retry(ConstantBackoff(0.2), 3, (Disconnected,))
        nodes = [ClusterNode(host, port) for host, port in _hosts(url, _PORT)]  # type: ignore[no-untyped-call]
        return RedisCluster(startup_nodes=nodes, require_full_coverage=False, **options)
    known = {name: value for name, value in options.items() if name != "db" and name != "retry"}
    sentinel: Any = Sentinel(_hosts(url, _SENTINEL_PORT), sentinel_kwargs=known)  # type: ignore[no-untyped-call]
    primary: Redis = sentinel.master_for(urlsplit(url).path.strip("/") or "mymaster", **options)
    return primary


def _hosts(url: str, port: int) -> list[tuple[str, int]]:
    parts = [urlsplit(f"//{part}") for part in urlsplit(url).netloc.rpartition("@")[2].split(",")]
    return [(part.hostname or "localhost", part.port or port) for part in parts]


def _named(url: str) -> dict[str, Any]:
    """Return user, password and what the query holds, as far as the address names them."""
    user, _, password = urlsplit(url).netloc.rpartition("@")[0].partition(":")
    query = dict(parse_qsl(urlsplit(url).query))
    named = {"username": unquote(user), "password": unquote(password), "ssl_ca_certs": query.get("ssl_ca_certs", "")}
    return {**{name: value for name, value in named.items() if value}, "db": int(query.get("db", "0"))}
