"""Every refusal has words in both languages, and the support's page says the same as the catalogue."""

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from idp.kernel.words import LOCALES, catalogues

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/signatures.md"


def raised() -> Iterator[tuple[str, ast.AST]]:
    """Yield every code that the code names, with the expression around it."""
    for path in sorted((ROOT / "idp").rglob("*.py")):
        tree = ast.parse(path.read_text())
        for parent in ast.walk(tree):
            for node in ast.iter_child_nodes(parent):
                if isinstance(node, ast.Constant) and str(node.value).startswith("signature."):
                    yield str(node.value), parent


def listed(locale: str) -> dict[str, str]:
    path = ROOT / f"idp/web/translations/{locale}/signatures.po"
    with path.open("rb") as file:
        return {str(item.id): str(item.string) for item in read_po(file) if item.id}


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("locale", LOCALES)
def test_every_code_has_words_and_nothing_else_has(locale: str) -> None:
    codes = {code for code, _ in raised()}
    assert codes == listed(locale).keys()
    assert all(catalogues()[locale].has(code) for code in codes)


def test_words_ask_for_nothing_that_a_refusal_does_not_bring() -> None:
    """Both languages ask for the same, and whoever raises the code brings it."""
    russian, english = listed("ru"), listed("en")
    assert {code: fields(text) for code, text in russian.items()} == {
        code: fields(text) for code, text in english.items()
    }
    for code, parent in raised():
        if wanted := fields(english[code]):
            assert isinstance(parent, ast.Call)
            assert wanted <= {keyword.arg for keyword in parent.keywords}


def test_words_are_what_people_can_act_on() -> None:
    """What happened, then what to do: two sentences at least."""
    for locale in LOCALES:
        for code, text in listed(locale).items():
            assert not text.endswith("."), code
            assert len(text) < 120, code
    for code, text in listed("en").items():
        assert text.count(". ") + text.count("; ") + text.count(": ") >= 1, code


def test_the_page_for_support_says_what_the_catalogue_says() -> None:
    rows = [f"| `{code.removeprefix('signature.')}` | {text} |" for code, text in listed("en").items()]
    table = "\n".join(["| code | what it means, and what to do |", "|---|---|", *rows])
    assert table in PAGE.read_text(), f"the table of {PAGE.name} should be:\n{table}"
