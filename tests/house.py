"""Reads the tree for ``test_house``: its files, their syntax, the codes that refusals carry."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import idp
from idp.app import KINDS
from idp.clients.members import Shape
from idp.kernel.refusal import Refused
from idp.protocol.errors import OAuthError

ROOT = Path(__file__).resolve().parents[1]
#: What is ours to judge; folders that tools fill aren't.
_FOLDERS = ("idp", "demo", "tests", "bench", "docs", "config", ".ci")
_FOREIGN = {"node_modules", "__pycache__"}
_CODE = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)+")


def files(*folders: str, suffix: str = "") -> Iterator[Path]:
    """Yield the files below these folders, or the whole tree's; ``suffix`` narrows by the end of the name."""
    if not folders:
        yield from (path for path in sorted(ROOT.iterdir()) if path.is_file() and path.name.endswith(suffix))
    for folder in folders or _FOLDERS:
        for path in sorted((ROOT / folder).rglob("*" + suffix)):
            if path.is_file() and not _FOREIGN & set(path.parts) and ".egg-info" not in str(path):
                yield path


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@lru_cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@lru_cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(tree(path)))


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """Yield every call with the last part of what is called."""
    for node in nodes(path):
        if isinstance(node, ast.Call):
            called = node.func
            yield getattr(called, "id", getattr(called, "attr", "")), node


@lru_cache
def refusals() -> frozenset[str]:
    """Return the names of every class that refuses."""
    for module in pkgutil.walk_packages(idp.__path__, "idp."):
        if not module.name.startswith("idp.store.migrations") and not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    return frozenset(kind.__name__ for kind in _below(Refused)) | {"Refused"}


def _below(kind: type) -> Iterator[type]:
    for child in kind.__subclasses__():
        yield child
        yield from _below(child)


def protocol_errors() -> list[type[OAuthError]]:
    """Return every error of the protocol that this code knows."""
    refusals()
    return [kind for kind in _below(OAuthError) if kind.__module__ == "idp.protocol.errors"]


@lru_cache
def codes() -> dict[str, str]:
    """Return every code that a refusal or a fault may carry, with the file that says so.

    Codes stand as literals where something is refused, or where a function whose name tells of faults returns one.
    """
    found = {f"client.type_{shape}": "idp/clients/members.py" for shape in Shape}
    found |= {f"oauth.{kind.error}": "idp/protocol/errors.py" for kind in protocol_errors()}
    for path in files("idp", suffix=".py"):
        told: list[ast.AST] = []
        for called, call in calls(path):
            if called == "Fault":
                told += [*call.args[1:2], *(word.value for word in call.keywords if word.arg == "code")]
            elif called in refusals():
                told += call.args[:1]
        for node in nodes(path):
            if isinstance(node, ast.FunctionDef) and ("fault" in node.name or node.name == "_web"):
                told += [back.value for back in ast.walk(node) if isinstance(back, ast.Return) and back.value]
        for text in (word for node in told for word in _literals(node)):
            if _CODE.fullmatch(text):
                found.setdefault(text, name(path))
    return found


def _literals(node: ast.AST) -> Iterator[str]:
    """Yield the strings that an expression may come to; parts of an f-string are no code."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif not isinstance(node, ast.JoinedStr | ast.Call | ast.Dict):
        for child in ast.iter_child_nodes(node):
            yield from _literals(child)


def error_pages() -> set[str]:
    """Return every kind of error page: its words stand under ``error.<kind>``."""
    kinds = {
        call.args[0].value
        for path in files("idp/web", suffix=".py")
        for called, call in calls(path)
        if called == "error_page" and isinstance(call.args[0], ast.Constant)
    }
    return (
        {str(kind) for kind in kinds}
        | {code for code in codes() if code.startswith("authorize.")}
        | set(KINDS.values())
    )
