"""What the journal may hold: stable dotted kinds, and details that are codes and identifiers alone."""

import ast
import re

from tests.house import calls, files, name

#: Words for what is personal; the journal outlives the account that they stand on.
_PERSONAL = re.compile(r"e?mail|phone|value|name|login|password|answer|question|birth|gender|snils|text|code$|secret")


def _events() -> list[tuple[str, ast.Call]]:
    return [
        (name(path), call)
        for path in files("idp", "demo", suffix=".py")
        for called, call in calls(path)
        if called == "Event" and call.args
    ]


def test_kinds_are_dotted_and_few_words() -> None:
    kinds = {
        call.args[0].value: where
        for where, call in _events()
        if isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str)
    }
    odd = {kind: where for kind, where in kinds.items() if not re.fullmatch(r"[a-z_]+\.[a-z_]+", kind)}
    assert len(kinds) > 15
    assert not odd, f"Name these events thing.what_happened: {odd}"


def test_details_hold_no_personal_data() -> None:
    found = [
        f"{where}: {key.value}"
        for where, call in _events()
        for word in call.keywords
        if word.arg == "details" and isinstance(word.value, ast.Dict)
        for key in word.value.keys
        if isinstance(key, ast.Constant) and _PERSONAL.search(str(key.value))
    ]
    assert not found, f"Keep these out of the journal, an identifier is enough: {found}"
