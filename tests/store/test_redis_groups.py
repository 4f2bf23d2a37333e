"""Redis that fails over, is down or loses a part: asked for a minute at most, then all goes on by itself."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from idp.kernel.refusal import Unavailable
from idp.store.redis_address import connect, is_replicated
from idp.store.short_lived import ShortLived
from idp.store.short_lived_redis import ShortLivedRedis
from tests import redis_groups, servers


@pytest.fixture
def own_sentinel(tmp_path: Path) -> Iterator[redis_groups.Group]:
    """Servers that this test alone may end."""
    with redis_groups.sentinel(tmp_path) as group:
        yield group


@pytest.fixture
def own_cluster(tmp_path: Path) -> Iterator[redis_groups.Group]:
    with redis_groups.cluster(tmp_path) as group:
        yield group


def answers(store: ShortLived, key: str = "probe") -> bool:
    try:
        store.replace("probe", key, 1, 60)
    except Unavailable:
        return False
    return True


def test_a_server_that_is_down_at_the_start_is_asked_for_a_minute_and_comes_back(tmp_path):
    with servers.redis(tmp_path) as server:
        server.stop()
        store = ShortLivedRedis(server.url, 0.5)
        for ask in (lambda: store.get("code", "a"), lambda: store.take("code", "a"), lambda: store.count("x", "a", 1)):
            with pytest.raises(Unavailable):
                ask()

        server.start()
        assert store.put("code", "a", 1, 60)
        # A restart closes the connection that the pool holds: the next request doesn't pay for it.
        server.stop()
        server.start()
        assert store.get("code", "a") is None
        store.close()


def test_a_server_that_hangs_is_given_up_and_not_asked_twice(tmp_path):
    with servers.redis(tmp_path) as server:
        store = ShortLivedRedis(server.url, 0.3)
        store.put("code", "a", 1, 60)
        server.signal(signal.SIGSTOP)
        with pytest.raises(Unavailable):
            store.take("code", "a")
        server.signal(signal.SIGCONT)

        taken = store.take("code", "a")
        assert taken is not None and taken.uses == 2
        store.close()


def test_after_a_primarys_death_a_replica_knows_what_was_used(own_sentinel):
    store = ShortLivedRedis(own_sentinel.url, 0.5)
    store.put("code", "used", 1, 60)
    store.put("code", "fresh", 1, 60)
    store.take("code", "used")
    redis_groups.until(lambda: _replicated(own_sentinel))

    own_sentinel.servers[0].stop(signal.SIGKILL)
    redis_groups.until(lambda: answers(store))

    used, fresh = store.take("code", "used"), store.take("code", "fresh")
    assert used is not None and used.uses == 2
    assert fresh is not None and fresh.uses == 1
    store.close()


def _replicated(group: redis_groups.Group) -> bool:
    with connect(f"redis://127.0.0.1:{group.servers[0].port}", 1) as primary:
        told = primary.info("replication")
    return all(told[f"slave{number}"]["offset"] == told["master_repl_offset"] for number in range(2))


def test_a_cluster_that_lost_a_part_serves_the_rest_and_the_part_when_it_is_back(own_cluster):
    store = ShortLivedRedis(own_cluster.url, 0.5)
    keys = [str(number) for number in range(30)]
    assert all(answers(store, key) for key in keys)

    own_cluster.servers[1].stop(signal.SIGKILL)
    served = [key for key in keys if answers(store, key)]
    assert 0 < len(served) < len(keys)

    own_cluster.servers[1].start()
    redis_groups.until(lambda: all(answers(store, key) for key in keys))
    store.close()


@pytest.mark.parametrize(
    ("url", "replicated"),
    [
        ("redis://h:1/0", False),
        ("rediss://h:1/0", False),
        ("redis+sentinel://h:1,i:2/city", True),
        ("redis+cluster://h", True),
    ],
)
def test_only_what_fails_over_may_forget_uses(url, replicated):
    assert is_replicated(url) is replicated
    assert ShortLivedRedis(url).may_forget_uses is replicated


def test_an_address_names_everything(monkeypatch):
    known = {}
    monkeypatch.setattr("idp.store.redis_address.RedisCluster", lambda **given: known.update(given))
    connect("rediss+cluster://city:a%40b@one:7001,[::1]", 2)
    assert [(node.host, node.port) for node in known["startup_nodes"]] == [("one", 7001), ("::1", 6379)]
    assert (known["username"], known["password"], known["ssl"]) == ("city", "a@b", True)

    client = connect("redis+sentinel://:secret@one,two:2/city?db=3", 2)
    pool = client.connection_pool
    assert (pool.service_name, pool.connection_kwargs["db"], pool.connection_kwargs["password"]) == (
        "city",
        3,
        "secret",
    )
    watchers = [watcher.connection_pool.connection_kwargs for watcher in pool.sentinel_manager.sentinels]
    assert [(told["host"], told["port"], told["password"]) for told in watchers] == [
        ("one", 26379, "secret"),
        ("two", 2, "secret"),
    ]


def test_over_tls_neither_plain_words_nor_a_certificate_of_a_stranger_will_do(tls: str) -> None:
    bare = tls.partition("?")[0]
    for url, answered in ((tls, True), (bare, False), (bare.replace("rediss:", "redis:"), False)):
        store = ShortLivedRedis(url, 0.5)
        assert answers(store) is answered
        store.close()
