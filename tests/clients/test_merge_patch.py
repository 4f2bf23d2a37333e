"""Merge patches: the examples of RFC 7396, and the difference of two documents as the patch between them."""

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from idp.clients.merge_patch import difference, patched


@pytest.mark.parametrize(
    ("document", "patch", "result"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_the_examples_of_the_standard(document, patch, result):
    assert patched(document, patch) == result


def test_the_document_itself_stays_as_it_was():
    document = {"a": {"b": 1}}
    patched(document, {"a": {"b": 2}})

    assert document == {"a": {"b": 1}}


LEAVES = st.booleans() | st.integers(0, 2) | st.sampled_from(["", "x"])
DOCUMENTS = st.recursive(
    st.dictionaries(st.sampled_from("abc"), LEAVES | st.lists(LEAVES, max_size=2), max_size=3),
    lambda inner: st.dictionaries(st.sampled_from("abc"), LEAVES | inner, max_size=3),
    max_leaves=6,
)


@given(DOCUMENTS, DOCUMENTS)
@example({"a": [False]}, {"a": [0]})
def test_the_difference_leads_from_one_document_to_the_other(present: dict[str, Any], wanted: dict[str, Any]):
    patch = difference(present, wanted)

    assert repr(sorted_document(patched(present, patch))) == repr(sorted_document(wanted))
    assert difference(wanted, wanted) == {}


def sorted_document(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: sorted_document(value[name]) for name in sorted(value)}
    return value
