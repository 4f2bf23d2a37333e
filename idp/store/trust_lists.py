"""The last good list of accredited centres: what was read from it, so that nobody reads or verifies it again."""

from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Executable, select
from sqlalchemy.dialects import postgresql, sqlite

from idp.kernel.clock import Clock
from idp.signature.extensions import Period
from idp.signature.trust_list import Centre, ListedKey, TrustList
from idp.store.database import Database
from idp.store.tables.lists import TrustListRow

_ONE = 1
_GET = select(TrustListRow.__table__).where(TrustListRow.id == _ONE)
_TAKEN_AT = select(TrustListRow.taken_at).where(TrustListRow.id == _ONE)
_COLUMNS = ("version", "issued", "size", "centres", "taken_at")


def _keep(insert: sqlite.Insert | postgresql.Insert) -> Executable:
    """Replace what is held, unless it is newer: two processes may have fetched at once."""
    return insert.on_conflict_do_update(
        index_elements=(TrustListRow.id,),
        set_={name: insert.excluded[name] for name in _COLUMNS},
        where=TrustListRow.version <= insert.excluded.version,
    )


_KEEP: dict[str, Executable] = {
    "sqlite": _keep(sqlite.insert(TrustListRow)),
    "postgresql": _keep(postgresql.insert(TrustListRow)),
}


@dataclass(frozen=True, slots=True)
class TrustLists:
    database: Database
    now: Clock

    def taken_at(self) -> datetime | None:
        """Return when the list that is held was taken in; it changes with the list."""
        row = self.database.row(_TAKEN_AT)
        return row.taken_at if row else None

    def last_good(self) -> TrustList | None:
        row = self.database.row(_GET)
        if row is None:
            return None
        return TrustList(row.version, row.issued, tuple(_centre(item) for item in row.centres), row.size)

    def keep(self, found: TrustList) -> None:
        values = {
            "id": _ONE,
            "version": found.version,
            "issued": found.issued,
            "size": found.size,
            "centres": [_written(centre) for centre in found.centres],
            "taken_at": self.now(),
        }
        self.database.run(_KEEP[self.database.engine.dialect.name], values)


def _written(centre: Centre) -> dict[str, Any]:
    return {
        "name": centre.name,
        "ogrn": centre.ogrn,
        "periods": [[_text(period.start), _text(period.end)] for period in centre.periods],
        "keys": [
            {"certificates": [b64encode(item).decode() for item in key.certificates], "addresses": list(key.addresses)}
            for key in centre.keys
        ],
    }


def _centre(item: dict[str, Any]) -> Centre:
    return Centre(
        name=item["name"],
        ogrn=item["ogrn"],
        periods=tuple(Period(_moment(start), _moment(end)) for start, end in item["periods"]),
        keys=tuple(
            ListedKey(tuple(b64decode(text) for text in key["certificates"]), tuple(key["addresses"]))
            for key in item["keys"]
        ),
    )


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
