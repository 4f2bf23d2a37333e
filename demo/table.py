"""The one table that ``make run`` prints: where everything is, and who can sign in."""

from collections.abc import Sequence
from shlex import quote

from demo.cast import PORTALS
from demo.place import Place, Spot
from demo.settle import Person
from demo.words import WORDS, Words

RULE = "─"


def table(place: Place, people: Sequence[Person], level: str) -> str:
    """Return the table in both languages' common ground: English labels, names as the sites show them."""
    words = WORDS["en"]
    rows: list[tuple[str, ...]] = [(words("table.provider"), place.issuer, "")]
    rows += [
        (words(f"{portal.client_id}.name"), place.address(portal.spot), WORDS["ru"](f"{portal.client_id}.name"))
        for portal in PORTALS
    ]
    rows.append((words("permit-records.name"), place.address(Spot.RECORDS), words("table.resource_server")))
    rows.append((words("table.outbox"), place.address(Spot.OUTBOX), words("table.outbox_what")))
    rows.append((words("table.fund"), place.address(Spot.FUND), words("table.fund_what")))
    rows.append(())
    rows.append((words("table.person"), words("table.login"), words("table.password"), words("table.level")))
    rows += [
        (f"{person.given_name} {person.family_name}", person.name, person.password, _story(words, person, level))
        for person in people
    ]
    rows.append(())
    rows.append((words("table.files"), str(place.folder / "city.json")))
    rows.append((words("table.command"), f"IDP_CONFIG={quote(str(place.settings))} .venv/bin/idp clients list"))
    rows.append((words("table.stop"),))
    return _drawn([tuple(str(cell) for cell in row) for row in rows])


def _story(words: Words, person: Person, level: str) -> str:
    return f"{level}; {words('story.' + person.story)}"


def _drawn(rows: Sequence[tuple[str, ...]]) -> str:
    columns = max(len(row) for row in rows)
    widths = [max((len(row[at]) for row in rows if len(row) > at + 1), default=0) for at in range(columns)]
    lines = []
    for row in rows:
        cells = [cell.ljust(widths[at]) if at < len(row) - 1 else cell for at, cell in enumerate(row)]
        lines.append("  " + "   ".join(cells).rstrip())
    rule = "  " + RULE * max(len(line) for line in lines)
    return "\n".join(["", rule, *(rule if not line.strip() else line for line in lines), rule])
