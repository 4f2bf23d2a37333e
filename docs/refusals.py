"""Every error that a portal's developer can meet, with an anchor each, gathered from where the code refuses."""

import ast
from collections import defaultdict

from docs.tables import WORDS, table
from idp.kernel.words import catalogues
from tests import house

_AUTHORIZATION, _TOKEN, _USERINFO = "authorization", "token", "UserInfo"
#: Where a refusal is met, by the beginning of the file that makes it.
_PLACES = {
    "idp/flows/authorize/": (_AUTHORIZATION,),
    "idp/flows/grants/": (_TOKEN,),
    "idp/flows/token.py": (_TOKEN,),
    "idp/flows/userinfo.py": (_USERINFO,),
    "idp/endpoints/userinfo.py": (_USERINFO,),
    "idp/flows/admin/": ("administration",),
    "idp/endpoints/introspection.py": ("introspection",),
    "idp/endpoints/revocation.py": ("revocation",),
    "idp/endpoints/dialect.py": ("every address for machines",),
    "idp/protocol/client_authentication/": (_TOKEN, "introspection", "revocation"),
    "idp/protocol/pkce.py": (_AUTHORIZATION, _TOKEN),
    "idp/protocol/resources.py": (_AUTHORIZATION, _TOKEN),
    "idp/protocol/errors.py": (_TOKEN,),
}
#: Where a file can't tell: it serves several places, and this error is met at one of them.
_ONLY = {"InvalidGrant": (_TOKEN,)}


def protocol_errors() -> str:
    """Each error with what to do, where it is met, and everything that its description may say."""
    kinds = {kind.__name__: kind for kind in house.protocol_errors() if kind.error in WORDS["protocol"]}
    met: dict[str, set[str]] = defaultdict(set)
    said: dict[str, set[str]] = defaultdict(set)
    for path in house.files("idp", suffix=".py"):
        named = {node.id for node in house.nodes(path) if isinstance(node, ast.Name)} & kinds.keys()
        if not named or house.name(path) == "idp/protocol/errors.py":
            continue
        where = next((places for start, places in _PLACES.items() if house.name(path).startswith(start)), None)
        assert where is not None, f"docs/refusals.py: say in _PLACES where the errors of {house.name(path)} are met"
        for name in named:
            met[kinds[name].error] |= {_met(place, kinds[name].status) for place in _ONLY.get(name, where)}
        for called, call in house.calls(path):
            if called in named:
                said[kinds[called].error] |= {_text(word) for word in call.args[:1]} - {""}
    for path in house.files("idp", suffix=".py"):
        for called, call in house.calls(path):
            if called in ("MalformedRequest", "TooLarge"):
                said["invalid_request"] |= {_text(word) for word in call.args[:1]} - {""}
    met["server_error"] = {"every address for machines, 500"}
    return "\n\n".join(_section(error, met[error], said[error]) for error in sorted(WORDS["protocol"]))


def _met(place: str, status: int) -> str:
    return f"{place}, by redirect" if place == _AUTHORIZATION else f"{place}, {status}"


def _section(error: str, met: set[str], said: set[str]) -> str:
    lines = [f'<a id="{error}"></a>', f"### {error}", "", WORDS["protocol"][error]]
    if met:
        lines += ["", f"Met at: {'; '.join(sorted(met))}." + (" `error_description` says one of:" if said else "")]
    if said:
        lines += ["", *(f"- {text}" for text in sorted(said))]
    return "\n".join(lines)


def _text(node: ast.expr) -> str:
    """Return the words of a description; what it quotes is shown by dots."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)
    return ""


def pages() -> str:
    words = catalogues()["en"]
    rows = [
        [f'<a id="{kind}"></a>`{kind}`', words.plain(f"error.{kind}.title").replace("\u00a0", " "), told]
        for kind, told in WORDS["pages"].items()
    ]
    return table(["code", "the page's heading", "what to look at"], rows)


def registration_faults() -> str:
    words = catalogues()["en"]
    rows = [
        [f'<a id="{code}"></a>`{code}`', words._text(code).replace("\u00a0", " ").replace("|", "\\|")]
        for code in sorted(house.codes())
        if code.startswith("client.")
    ]
    return table(["code", "what `idp clients` says"], rows)


#: Section of the words to the things that it must speak of, each and no other.
DESCRIBED = {
    "protocol": {kind.error for kind in house.protocol_errors()} | {"server_error"},
    "pages": house.error_pages(),
}
