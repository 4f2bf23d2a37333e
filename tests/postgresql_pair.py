"""A PostgreSQL primary and its replica: what is acknowledged stands on both, and the replica takes over by hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg

from tests import servers
from tests.stores import administer


@dataclass(frozen=True)
class Pair:
    """``url`` names both; who connects takes the one that writes."""

    url: str
    primary: servers.Running
    replica: servers.Running

    def promote(self) -> None:
        """Make the replica the primary; return when it is."""
        with psycopg.connect(f"host=127.0.0.1 port={self.replica.port} user=idp dbname=postgres") as line:
            assert line.execute("SELECT pg_promote()").fetchone() == (True,)


@contextmanager
def pair(database: str) -> Iterator[Pair]:
    with servers.postgresql() as primary, servers.place_of_postgres() as folder:
        administer(primary.url, f"CREATE DATABASE {database}")
        where = ("-h", "127.0.0.1", "-p", primary.port, "-U", "idp", "-D", folder / "data")
        servers.as_postgres("pg_basebackup", *where, "-R", "-c", "fast", "-N")
        replica = servers.postgresql_on(folder, "fsync=off")
        replica.start()
        try:
            # A commit is acknowledged when the replica has it.
            administer(primary.url, "ALTER SYSTEM SET synchronous_standby_names = '*'")
            administer(primary.url, "SELECT pg_reload_conf()")
            hosts = "&".join(f"host=127.0.0.1:{server.port}" for server in (primary, replica))
            url = f"postgresql+psycopg://idp@/{database}?{hosts}&target_session_attrs=read-write"
            yield Pair(url, primary, replica)
        finally:
            replica.stop()
