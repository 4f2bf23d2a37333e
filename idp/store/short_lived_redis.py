"""Short-lived state in Redis or Valkey: shared by several machines. Each operation is one round trip.

An entry is a hash of value and uses, so that taking it is one script on one key. Nothing that must last lives here.
"""

import hashlib
from typing import Any

import orjson
from redis import Redis

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
    """``url`` as redis-py writes it (``redis://``, ``rediss://``, ``unix://``). Open after the fork."""

    def __init__(self, url: str, timeout_seconds: float = 2.0) -> None:
        self._redis = Redis.from_url(url, socket_timeout=timeout_seconds, socket_connect_timeout=timeout_seconds)
        self._put = self._redis.register_script(_PUT)
        self._replace = self._redis.register_script(_REPLACE)
        self._take = self._redis.register_script(_TAKE)
        self._count = self._redis.register_script(_COUNT)

    def put(self, kind: str, key: str, value: Any, seconds: float) -> bool:
        return bool(self._put(keys=[_key(kind, key)], args=[orjson.dumps(value), _milliseconds(seconds)]))

    def replace(self, kind: str, key: str, value: Any, seconds: float) -> None:
        self._replace(keys=[_key(kind, key)], args=[orjson.dumps(value), _milliseconds(seconds)])

    def get(self, kind: str, key: str) -> Any | None:
        value: Any = self._redis.hget(_key(kind, key), "v")
        return None if value is None else orjson.loads(value)

    def take(self, kind: str, key: str) -> Taken | None:
        found: Any = self._take(keys=[_key(kind, key)])
        return None if found is None else Taken(orjson.loads(found[0]), int(found[1]))

    def drop(self, kind: str, key: str) -> None:
        self._redis.delete(_key(kind, key))

    def count(self, kind: str, key: str, seconds: float) -> int:
        number: Any = self._count(keys=[_key(kind, key)], args=[_milliseconds(seconds)])
        return int(number)

    def peek(self, kind: str, key: str) -> int:
        number: Any = self._redis.get(_key(kind, key))
        return int(number or 0)

    def sweep(self) -> int:
        """Redis forgets by itself."""
        return 0

    def close(self) -> None:
        self._redis.close()


def _key(kind: str, key: str) -> str:
    return f"idp:{kind}:{hashlib.sha256(key.encode()).hexdigest()}"


def _milliseconds(seconds: float) -> int:
    return max(1, round(seconds * 1000))
