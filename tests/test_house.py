"""The house rules that no other tool holds. A failure says what to do; the plan behind the rules is CONTRIBUTING.md."""

import ast
import re
import tomllib
from dataclasses import fields
from html.parser import HTMLParser
from itertools import pairwise
from typing import get_type_hints

import pytest

from idp.kernel.settings import Settings
from idp.kernel.words import LOCALES, catalogues
from idp.protocol import metadata
from tests.house import ROOT, calls, codes, error_pages, files, name, nodes, tree

_LONGEST = 300
_WRITTEN = (".py", ".html", ".css", ".js", ".toml", ".md", ".sh", "Makefile")
#: Catalogues, and a document that is made from the code.
_LONG = {"demo/catalogues/ru.toml", "demo/catalogues/en.toml", "docs/errors.md"}
_NO_NAMES = {"util", "helper", "manager", "service", "misc", "common", "tool", "lib"}
_LOCALES = pytest.mark.parametrize("locale", LOCALES)


def test_no_file_passes_three_hundred_lines() -> None:
    long = [
        f"{name(path)}: {len(path.read_text(encoding='utf-8').splitlines())}"
        for path in files()
        if path.name.endswith(_WRITTEN) and name(path) not in _LONG
        if len(path.read_text(encoding="utf-8").splitlines()) > _LONGEST
    ]
    assert not long, f"Split these where their halves have names of their own: {long}"


def test_a_modules_first_line_tells_whether_to_open_it() -> None:
    mute = []
    for path in files("idp", "demo", "tests", "bench", "docs", suffix=".py"):
        text = path.read_text(encoding="utf-8")
        told = ast.get_docstring(tree(path)) or ""
        if text.strip() and not (text.startswith('"""') and told.split("\n")[0].strip()):
            mute.append(name(path))
    assert not mute, f"Begin these with a docstring whose first line says what is in them: {mute}"


def test_no_name_is_a_drawer_for_everything() -> None:
    drawers = [
        name(path)
        for path in files("idp", "demo", "tests", suffix=".py")
        for part in (*path.relative_to(ROOT).parts[:-1], path.stem)
        if part.rstrip("s") in _NO_NAMES
    ]
    assert not drawers, f"Name these by the act or the thing they hold: {drawers}"


#: What may be named only in certain files: a pattern of the dotted name, and where.
_KEPT = (
    (r"urllib\.request|http\.client", ()),
    (r"httpx|requests|aiohttp|urllib3", ("idp/kernel/http.py",)),
    (r"smtplib", ("idp/notifications/email.py",)),
    (r"(datetime|date)\.(now|utcnow|today)|time\.time", ("idp/kernel/clock.py",)),
    (r"random(\..*)?", ()),
)


@pytest.mark.parametrize(("kept", "places"), _KEPT, ids=[kept for kept, _ in _KEPT])
def test_clock_network_and_chance_come_in_by_one_door(kept: str, places: tuple[str, ...]) -> None:
    pattern, found = re.compile(kept), []
    for path in files("idp", suffix=".py"):
        if name(path) in places:
            continue
        for node in nodes(path):
            named = []
            if isinstance(node, ast.Import):
                named = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                named = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                named = [f"{node.value.id}.{node.attr}"]
            found += [f"{name(path)}:{getattr(node, 'lineno', 0)}" for item in named if pattern.fullmatch(item)]
    assert not found, f"Take it as an argument; only {places or 'nobody'} may reach for {kept}: {sorted(set(found))}"


def test_nothing_of_a_registry_or_of_one_machine_stands_in_the_tree() -> None:
    # The words are joined here, so that this file doesn't hold them.
    hosts = "|".join(("files.python" + "hosted", "py" + r"pi\.org", "registry.np" + "mjs", "npm" + "mirror"))
    places = "|".join(("/wo" + "rk/", "/ro" + "ot/", "/tmp/" + "team", "/home/" + r"\w"))
    pattern = re.compile(f"{hosts}|{places}|" + r'"resolv' + r'ed":|--(extra-)?index-' + "url")
    found = []
    for path in files():
        lines = path.read_bytes().decode("utf-8", "replace").splitlines() if path.name != ".git" else []
        found += [f"{name(path)}:{at}" for at, line in enumerate(lines, 1) if pattern.search(line)]
    assert not found, f"Take these out: another machine has other places and another registry: {found}"


def test_tests_mirror_the_tree() -> None:
    packages = [path.name for path in (ROOT / "idp").iterdir() if (path / "__init__.py").exists()]
    bare = [package for package in packages if not list((ROOT / "tests" / package).rglob("test_*.py"))]
    assert not bare, f"Give these packages of idp/ tests in the folder of the same name: {sorted(bare)}"


# --- settings


def test_every_setting_is_explained_and_every_explanation_is_a_setting() -> None:
    text = (ROOT / "config/default.toml").read_text(encoding="utf-8")
    written = {(section, key) for section, values in tomllib.loads(text).items() for key in values}
    hints = get_type_hints(Settings)
    known = {(section.name, item.name) for section in fields(Settings) for item in fields(hints[section.name])}
    assert written == known, f"Settings and config/default.toml differ: {sorted(written ^ known)}"
    lines = text.splitlines()
    bare = [line for above, line in pairwise(lines) if " = " in line and above[:2] != "# "]
    assert not bare, f"Explain these in a comment above each: {bare}"


# --- words


@_LOCALES
def test_every_refusal_has_words(locale: str) -> None:
    words = catalogues()[locale]
    mute = {code: where for code, where in codes().items() if not words.has(code) and not _has_page(locale, code)}
    assert not mute, f"Write what these say into translations/{locale}: {mute}"


def _has_page(locale: str, kind: str) -> bool:
    return all(catalogues()[locale].has(f"error.{kind}.{part}") for part in ("title", "what", "safe"))


@_LOCALES
def test_every_error_page_has_words(locale: str) -> None:
    kinds = error_pages()
    mute = sorted(kind for kind in kinds if not _has_page(locale, kind))
    assert kinds and not mute, f"Write error.<kind>.title, .what and .safe into translations/{locale} for {mute}"


@_LOCALES
def test_every_word_that_a_template_names_exists(locale: str) -> None:
    named = {
        code: name(page)
        for page in files("idp/web/templates", suffix=".html")
        for code in re.findall(r"""\b(?:t|many)\(["']([a-z0-9_.-]+[a-z0-9_])["'][,)]""", page.read_text("utf-8"))
    }
    words = catalogues()[locale]
    mute = {code: page for code, page in named.items() if not words.has(code)}
    assert named and not mute, f"Write these into translations/{locale}: {mute}"


# --- templates


class Page(HTMLParser):
    """Notes what a strict CSP would refuse, and the forms that post."""

    def __init__(self) -> None:
        super().__init__()
        self.refused: list[str] = []
        self.posts: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attributes}
        if tag == "style" or (tag == "script" and "src" not in given):
            self.refused.append(f"<{tag}>")
        self.refused += [key for key in given if key == "style" or key.startswith("on")]
        self.refused += [value for value in given.values() if value.lower().startswith("javascript:")]
        self.refused += [given[key] for key in ("src",) if "//" in given.get(key, "")]
        if tag == "form" and given.get("method", "").lower() == "post":
            self.posts.append(given.get("action", ""))


def _page(text: str) -> Page:
    page = Page()
    page.feed(text)
    return page


def test_no_script_style_or_foreign_file_stands_in_a_template() -> None:
    found = {
        name(path): refused
        for path in files("idp/web/templates", "demo/templates", suffix=".html")
        if (refused := _page(path.read_text(encoding="utf-8")).refused)
    }
    assert not found, f"Move these into static/: the policy of every page refuses them: {found}"


def test_every_form_that_posts_to_us_proves_where_it_comes_from() -> None:
    bare = []
    for path in files("idp/web/templates", suffix=".html"):
        for form in re.findall(r"<form\b.*?</form>", path.read_text(encoding="utf-8"), re.DOTALL):
            posts = _page(form).posts
            # A form to a portal carries its answer and nothing of ours.
            if posts and posts[0].startswith("/") and "parts.csrf()" not in form:
                bare.append(f"{name(path)}: {posts[0]}")
    assert not bare, f"Put {{{{ parts.csrf() }}}} into these forms: {bare}"


# --- routes


def test_what_discovery_names_is_behind_one_door() -> None:
    machines = set(re.findall(r'"(/[a-z./_-]+)": \{"', (ROOT / "idp/endpoints/routes.py").read_text("utf-8")))
    people = {
        call.args[0].value
        for path in files("idp/web", suffix=".py")
        for called, call in calls(path)
        if called in ("get", "post", "route", "add_url_rule") and call.args and isinstance(call.args[0], ast.Constant)
        if str(call.args[0].value).startswith("/")
    }
    lost = sorted(path for path in metadata.ENDPOINTS.values() if path not in machines | people)
    both = sorted(machines & people)
    assert not lost, f"Discovery promises addresses that no door opens: {lost}"
    assert not both, f"The machines' door hides these pages: {both}"


# --- migrations


def test_migrations_are_one_chain_by_number() -> None:
    told = []
    for path in sorted((ROOT / "idp/store/migrations/versions").glob("*.py")):
        text = path.read_text(encoding="utf-8")
        told.append(
            (path.name[:4], *re.findall(r"^(?:down_)?revision(?:: .*)? = (?:\"(\d+)\"|None)$", text, re.MULTILINE))
        )
    wanted = [(f"{n:04}", f"{n:04}", f"{n - 1:04}" if n > 1 else "") for n in range(1, len(told) + 1)]
    assert told == wanted, (
        "Two branches took one number: give the newer migration the next, in name, revision and down_revision"
    )
