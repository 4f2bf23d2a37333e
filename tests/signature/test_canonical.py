"""Canonical XML: the examples of the standard, and agreement with the standard library."""

import xml.etree.ElementTree as ET
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.signature.canonical import EXCLUSIVE, INCLUSIVE, Canonical

#: Canonical XML 1.0 section 3, as far as it does without a document type declaration.
CANONICAL = [
    (
        '<?xml version="1.0"?>\n\n<?xml-stylesheet   href="doc.xsl"\n   type="text/xsl"   ?>\n\n'
        "<doc>Hello, world!<!-- Comment 1 --></doc>\n\n<?pi-without-data     ?>\n\n<!-- Comment 2 -->\n",
        '<?xml-stylesheet href="doc.xsl"\n   type="text/xsl"   ?>\n<doc>Hello, world!</doc>\n<?pi-without-data?>',
    ),
    ("<doc>\n   <dirty>   A   B   </dirty>\n</doc>", "<doc>\n   <dirty>   A   B   </dirty>\n</doc>"),
    (
        '<doc><e1   /><e2   ></e2><e3   name = "elem3"   id="elem3"   />'
        '<e5 a:attr="out" b:attr="sorted" attr2="all" attr="I\'m"\n xmlns:b="http://www.ietf.org"\n'
        ' xmlns:a="http://www.w3.org"\n xmlns="http://example.org"/>'
        '<e6 xmlns="" xmlns:a="http://www.w3.org"><e7 xmlns="http://www.ietf.org">'
        '<e8 xmlns="" xmlns:a="http://www.w3.org"/>'
        "</e7></e6></doc>",
        '<doc><e1></e1><e2></e2><e3 id="elem3" name="elem3"></e3>'
        '<e5 xmlns="http://example.org" xmlns:a="http://www.w3.org" xmlns:b="http://www.ietf.org" attr="I\'m" '
        'attr2="all" b:attr="sorted" a:attr="out"></e5>'
        '<e6 xmlns:a="http://www.w3.org"><e7 xmlns="http://www.ietf.org"><e8 xmlns=""></e8></e7></e6></doc>',
    ),
    (
        "<doc><text>First line&#x0d;&#10;Second line</text><value>&#x32;</value>"
        '<compute><![CDATA[value>"0" && value<"10" ?"valid":"error"]]></compute>'
        "<norm attr=' &apos;   &#x20;&#13;&#xa;&#9;   &apos; '/></doc>",
        "<doc><text>First line&#xD;\nSecond line</text><value>2</value>"
        '<compute>value&gt;"0" &amp;&amp; value&lt;"10" ?"valid":"error"</compute>'
        "<norm attr=\" '    &#xD;&#xA;&#x9;   ' \"></norm></doc>",
    ),
    ('<?xml version="1.0" encoding="ISO-8859-1"?><doc>&#169;</doc>', "<doc>\N{COPYRIGHT SIGN}</doc>"),
]


@pytest.mark.parametrize(("document", "canonical"), CANONICAL)
def test_the_examples_of_canonical_xml(document: str, canonical: str) -> None:
    assert Canonical(method=INCLUSIVE).run(document.encode()).decode() == canonical


_NAMES = st.sampled_from(["a", "b", "p:a", "q:b", "p:c"])
_TEXTS = st.text("ab<>&\"'\r\n\t ё", max_size=6)


@st.composite
def elements(draw: st.DrawFn, depth: int = 0) -> str:
    """A random element; prefixes p and q are declared at the root and now and then again below."""
    name = draw(_NAMES)
    attributes = draw(st.dictionaries(st.sampled_from(["x", "y", "p:x", "q:y"]), _TEXTS, max_size=3))
    spaces = {"xmlns:p": ["u1", "u2"], "xmlns:q": ["u3", "u4"], "xmlns": ["u5", "u6"]}
    declared = {key: draw(st.sampled_from(spaces[key])) for key in draw(st.sets(st.sampled_from(sorted(spaces))))}
    if depth == 0:
        declared = {"xmlns:p": "u1", "xmlns:q": "u3"} | declared
    quoted = {key: quoteattr(value, {"\r": "&#13;", "\n": "&#10;", "\t": "&#9;"}) for key, value in attributes.items()}
    quoted |= {key: quoteattr(value) for key, value in declared.items()}
    start = " ".join([name, *(f"{key}={value}" for key, value in quoted.items())])
    parts = [escape(draw(_TEXTS), {"\r": "&#13;"})]
    if depth < 3:
        parts += [draw(elements(depth + 1)) for _ in range(draw(st.integers(0, 2)))]
    return f"<{start}>{''.join(parts)}</{name}>"


@given(elements())
def test_exclusive_form_agrees_with_the_standard_library(document: str) -> None:
    """Its form is Canonical XML 2.0, which writes namespaces as the exclusive form of 1.0 does."""
    assert Canonical(method=EXCLUSIVE).run(document.encode()).decode() == ET.canonicalize(document)
