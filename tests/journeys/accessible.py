"""What every page must be: axe finds nothing, nothing sticks out at the side, the structure stands without scripts."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

_AXE = Path(__file__).parents[1] / "node" / "node_modules" / "axe-core" / "axe.min.js"
_SOURCE: list[str] = []
_STRUCTURE = """() => {
  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  const controls = [...document.querySelectorAll("input:not([type=hidden]), select, textarea")];
  return {
    lang: document.documentElement.lang,
    title: document.title,
    headings: document.querySelectorAll("h1").length,
    main: document.querySelectorAll("main").length,
    skip: document.querySelector("a")?.getAttribute("href"),
    twice: ids.filter((id, index) => ids.indexOf(id) !== index),
    nameless: controls.filter((control) => !control.labels.length).map((control) => control.name),
    dangling: [...document.querySelectorAll("[aria-describedby]")].flatMap((element) =>
      element.getAttribute("aria-describedby").split(" ").filter((id) => !document.getElementById(id))),
    inline: document.querySelectorAll("[style], style, script:not([src]), [onclick]").length,
    sideways: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  };
}"""


def require_structure(page: Page, locale: str) -> None:
    """The same with and without JavaScript: language, title, one heading, names of controls, no page-wide scroll."""
    found: dict[str, Any] = page.evaluate(_STRUCTURE)
    assert found.pop("title").strip(), page.url
    wanted = {"lang": locale, "skip": "#main", "headings": 1, "main": 1, "inline": 0, "sideways": 0}
    wanted |= {"twice": [], "nameless": [], "dangling": []}
    assert {name: value for name, value in found.items() if value != wanted[name]} == {}, page.url


def require_no_violation(page: Page) -> None:
    """axe-core, all its rules that aren't experimental, whatever weight it gives them; contrast in both schemes."""
    page.evaluate(_axe())
    assert _violations(page, "{}") == [], page.url
    page.emulate_media(color_scheme="light" if _is_dark(page) else "dark")
    try:
        assert _violations(page, '{runOnly: ["color-contrast"]}') == [], page.url
    finally:
        page.emulate_media(color_scheme="light" if _is_dark(page) else "dark")


def _violations(page: Page, options: str) -> list[str]:
    found = page.evaluate(f"axe.run(document, {options})")
    return [
        f"{violation['id']}: {node['html']} {node['failureSummary']}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


def _is_dark(page: Page) -> bool:
    return bool(page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches"))


def _axe() -> str:
    if not _SOURCE:
        if not _AXE.exists():
            pytest.fail("axe-core is not installed: make test does it")
        _SOURCE.append(_AXE.read_text(encoding="utf-8"))
    return _SOURCE[0]
