"""Words: parameters are escaped, what belongs together doesn't break, a missing text is a fault of ours."""

import pytest

from idp.kernel.words import MissingWords, catalogues, keep_together

N = "\u00a0"


def test_parameters_are_escaped_in_pages_and_left_alone_in_letters() -> None:
    words = catalogues()["en"]

    assert "&lt;b&gt;" in words("error.open_portal", portal="<b>")
    assert "<b>" in words.plain("error.open_portal", portal="<b>")


def test_a_code_without_words_is_refused() -> None:
    with pytest.raises(MissingWords):
        catalogues()["ru"]("no.such.code")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("вы и я", f"вы{N}и{N}я"),
        ("не пришло", f"не{N}пришло"),
        ("10 минут", f"10{N}минут"),
        ("код — ваш", f"код{N}— ваш"),
        ('<a href="/a b">в дом</a>', f'<a href="/a b">в{N}дом</a>'),
        ("просто слова тут", "просто слова тут"),
    ],
)
def test_lines_break_where_the_voice_guide_lets_them(text: str, kept: str) -> None:
    assert keep_together(text) == kept
