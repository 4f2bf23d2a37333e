"""Short-lived state in Redis or Valkey: shared by several machines. Each operation is one round trip.

An entry is a hash of value and uses, so that taking it is one script on one key; no script touches two keys, so a
cluster needs no hash tags. Nothing that must last lives here.
"""

import hashlib
import threading
from functools import partial
from typing import Any

import orjson
from redis import Redis
from redis.cluster import RedisCluster
from redis.exceptions import RedisClusterException, RedisError

from idp.kernel import tracing
from idp.kernel.refusal import Unavailable
from idp.store.redis_address import connect, is_replicated
from idp.store.short_lived import Taken

_PUT = """
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
redis.call('HSET', KEYS[1], 'v', ARGV[1], 'u', 0)
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
"""
_REPLACE = """
redis.call('HSET', KEYS[1], 'v', ARGV[1], 'u', 0)
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
"""
_TAKE = """
local value = redis.call('HGET', KEYS[1], 'v')
if not value then return nil end
return {value, redis.call('HINCRBY', KEYS[1], 'u', 1)}
"""
_COUNT = """
local number = redis.call('INCR', KEYS[1])
if number == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return number
"""


class ShortLivedRedis:
    """``url`` as ``redis_address`` explains. It connects when it is first used, so open it after the fork; a server
    that doesn't answer is ``Unavailable``, also at the start."""

    def __init__(self, url: str, timeout_seconds: float = 2.0) -> None:
        self.may_forget_uses = is_replicated(url)
        self._connect = partial(connect, url, timeout_seconds)
        self._client: Redis | RedisCluster | None = None
        self._lock = threading.Lock()

    def put(self, kind: str, key: str, value: Any, seconds: float) -> bool:
        return bool(self._run("EVAL", _PUT, 1, _key(kind, key), orjson.dumps(value), _milliseconds(seconds)))

    def replace(self, kind: str, key: str, value: Any, seconds: float) -> None:
        self._run("EVAL", _REPLACE, 1, _key(kind, key), orjson.dumps(value), _milliseconds(seconds))

    def get(self, kind: str, key: str) -> Any | None:
        value = self._run("HGET", _key(kind, key), "v")
        return None if value is None else orjson.loads(value)

    def take(self, kind: str, key: str) -> Taken | None:
        found = self._run("EVAL", _TAKE, 1, _key(kind, key))
        return None if found is None else Taken(orjson.loads(found[0]), int(found[1]))

    def drop(self, kind: str, key: str) -> None:
        self._run("DEL", _key(kind, key))

    def count(self, kind: str, key: str, seconds: float) -> int:
        return int(self._run("EVAL", _COUNT, 1, _key(kind, key), _milliseconds(seconds)))

    def peek(self, kind: str, key: str) -> int:
        return int(self._run("GET", _key(kind, key)) or 0)

    def sweep(self) -> int:
        """Redis forgets by itself."""
        return 0

    def close(self) -> None:
        with self._lock:
            if self._client is not None:
                self._client.close()
            self._client = None

    def _run(self, *command: Any) -> Any:
        try:
            with tracing.statement("redis", command[0]):
                return (self._client or self._open()).execute_command(*command)  # type: ignore[no-untyped-call]
        except (RedisError, RedisClusterException) as error:
            raise Unavailable(f"Redis: {type(error).__name__}") from error

    def _open(self) -> "Redis | RedisCluster":
        with self._lock:
            if self._client is None:
                self._client = self._connect()
            return self._client


def _key(kind: str, key: str) -> str:
    return f"idp:{kind}:{hashlib.sha256(key.encode()).hexdigest()}"


def _milliseconds(seconds: float) -> int:
    return max(1, round(seconds * 1000))
