"""The acr table, scopes, claims, addresses and client metadata as Markdown, from the lists that the code goes by."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from idp.assurance import acr
from idp.cli.client_options import spelled
from idp.clients.member_help import HELP
from idp.clients.members import SHAPES, Shape
from idp.protocol import metadata
from idp.protocol.claims import CLAIMS
from idp.protocol.scopes import CLAIMS_OF, OPENID, OPENID_AT_USERINFO

#: ``words.toml``, by section: what each thing of the code's lists is, in words.
WORDS: Mapping[str, Mapping[str, str]] = tomllib.loads((Path(__file__).parent / "words.toml").read_text("utf-8"))


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def acr_table() -> str:
    """Who is signed in and how, to each value: given, the way to it, or that there is none yet."""
    rows = [
        [
            f"{level.value if level else 'no level yet'}, {WORDS['acting'][acting]}",
            *(_cell(row[value]) for value in acr.KNOWN),
        ]
        for (level, acting), row in acr.TABLE.items()
        # A row that nobody can be in today would only puzzle.
        if acting is acr.Acting.SELF or acr.Way.CERTIFICATE in acr.AVAILABLE
    ]
    return table(["the person's level", *(f"`{value}`" for value in acr.KNOWN)], rows)


def _cell(way: acr.Way | None) -> str:
    if way is None:
        return "**given**"
    return WORDS["ways"][way] if way in acr.AVAILABLE else f"no way yet ({WORDS['ways'][way]})"


def acr_supported() -> str:
    lacking = [value for value in acr.KNOWN if value not in acr.supported()]
    told = ", ".join(f"`{value}`" for value in acr.supported())
    return f"Reachable today: {told}." + (
        f" Known, and not to be reached yet: {', '.join(f'`{value}`' for value in lacking)}." if lacking else ""
    )


def scopes_table() -> str:
    rows = [
        [f"`{scope}`", ", ".join(f"`{claim}`" for claim in claims) or "–", _place(scope)]
        for scope, claims in CLAIMS_OF.items()
    ]
    return table(["scope", "claims", "where"], rows)


def _place(scope: str) -> str:
    if scope == OPENID:
        return "ID token; at UserInfo too: " + ", ".join(f"`{claim}`" for claim in OPENID_AT_USERINFO)
    return "UserInfo" if CLAIMS_OF[scope] else "a refresh token that outlives the session"


def claims_table() -> str:
    return table(["claim", "what it holds"], [[f"`{claim}`", WORDS["claims"][claim]] for claim in CLAIMS])


def members_table() -> str:
    rows = [
        [f"`{name}`", f"`{spelled(name, shape)}`" + (", repeatable" if shape is Shape.TEXTS else ""), HELP[name]]
        for name, shape in SHAPES.items()
    ]
    return table(["member", "option", "remarks"], rows)


def endpoints_table() -> str:
    rows = [[f"`{name}`", f"`{path}`", WORDS["endpoints"][name]] for name, path in metadata.ENDPOINTS.items()]
    return table(["member", "path", "how"], rows)


#: Section of the words to the things that it must speak of, each and no other.
DESCRIBED: Mapping[str, Iterable[str]] = {
    "claims": CLAIMS,
    "endpoints": metadata.ENDPOINTS,
    "ways": list(acr.Way),
    "acting": list(acr.Acting),
}
