"""Canonical XML 1.0, inclusive and exclusive, without comments, made while parsing; and the hardened parser for it.

A document type declaration is refused as soon as it opens, so no entity is ever declared, let alone expanded.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from idp.kernel.refusal import Refused

INCLUSIVE = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
_XML = "http://www.w3.org/XML/1998/namespace"
MAX_SIZE, MAX_DEPTH, MAX_ATTRIBUTES, MAX_NAMESPACES = 64 * 1024 * 1024, 64, 64, 32
#: The document is fed in pieces, so that a tag of many megabytes is refused before expat makes objects of it.
_CHUNK, _MAX_TOKEN = 65_536, 262_144

#: Prefix to namespace; the default namespace has the empty prefix.
Namespaces = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Element:
    """The start of an element: how deep it lies (the root at 0), its expanded name, its attributes as written."""

    depth: int
    namespace: str
    name: str
    attributes: Mapping[str, str]


class Listener:
    """Told of everything in the document, in its order. What nobody overrides nobody hears."""

    def start(self, element: Element) -> None: ...

    def text(self, text: str) -> None: ...

    def end(self, depth: int) -> None: ...


def everything(above: bool, element: Element) -> bool:
    """Choose the whole document."""
    return True


@dataclass(frozen=True, slots=True)
class _Open:
    """An open element: the namespaces in scope, those already written above, and whether it is itself written."""

    scope: Namespaces
    written: Namespaces
    kept: bool


@dataclass(slots=True)
class Canonical:
    """One run over a document. ``choose`` says for each element, given its parent's fate, whether it is written;
    ``whole`` whether what stands beside the root is."""

    method: str = INCLUSIVE
    whole: bool = True
    choose: Callable[[bool, Element], bool] = everything
    listener: Listener = field(default_factory=Listener)
    _out: bytearray = field(default_factory=bytearray)
    _open: list[_Open] = field(default_factory=list)
    _after: bool = False

    def run(self, document: bytes) -> bytes:
        """Parse the document; return the canonical form of what was chosen."""
        if len(document) > MAX_SIZE:
            raise Refused("signature.too_large", size=len(document), limit=MAX_SIZE)
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.ordered_attributes = True
        parser.StartDoctypeDeclHandler = _no_doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.ProcessingInstructionHandler = self._instruction
        try:
            for start in range(0, len(document), _CHUNK):
                parser.Parse(document[start : start + _CHUNK], False)
                if start + _CHUNK - parser.CurrentByteIndex > _MAX_TOKEN:
                    raise Refused("signature.xml_malformed")
            parser.Parse(b"", True)
        except (expat.ExpatError, UnicodeError, LookupError) as error:
            raise Refused("signature.xml_malformed") from error
        return bytes(self._out)

    def _start(self, name: str, ordered: list[str]) -> None:
        depth = len(self._open)
        if depth >= MAX_DEPTH:
            raise Refused("signature.too_deep", limit=MAX_DEPTH)
        if len(ordered) > 2 * MAX_ATTRIBUTES:
            raise Refused("signature.xml_malformed")
        above = self._open[-1] if self._open else _Open({"xml": _XML}, {}, self.whole)
        scope, attributes = dict(above.scope), {}
        for key, value in zip(ordered[::2], ordered[1::2], strict=True):
            if key == "xmlns" or key.startswith("xmlns:"):
                scope[key[6:]] = value
            else:
                attributes[key] = value
        if len(scope) > MAX_NAMESPACES:
            raise Refused("signature.xml_malformed")
        prefix, _, local = name.rpartition(":")
        element = Element(depth, _resolve(scope, prefix), local, attributes)
        self.listener.start(element)
        kept = self.choose(above.kept, element)
        written = above.written if above.kept else {}
        if kept:
            written = self._write_start(name, prefix, attributes, scope, written)
        self._open.append(_Open(scope, written, kept))

    def _write_start(
        self, name: str, prefix: str, attributes: Mapping[str, str], scope: Namespaces, written: Namespaces
    ) -> Namespaces:
        """Write namespaces by prefix, then attributes by namespace and name; return the namespaces written so far."""
        used = {prefix, *(key.partition(":")[0] for key in attributes if ":" in key)}
        chosen = used if self.method == EXCLUSIVE else scope
        wanted = {item: scope.get(item, "") for item in chosen if item != "xml"}
        new = {item: namespace for item, namespace in wanted.items() if namespace != written.get(item, "")}
        keyed = []
        for key, value in attributes.items():
            before, _, local = key.rpartition(":")
            keyed.append((_resolve(scope, before) if before else "", local, key, value))
        line = [f"<{name}"]
        line += [f' {f"xmlns:{item}" if item else "xmlns"}="{_attribute(new[item])}"' for item in sorted(new)]
        line += [f' {key}="{_attribute(value)}"' for _, _, key, value in sorted(keyed)]
        self._write("".join(line) + ">")
        return {**written, **new} if new else written

    def _end(self, name: str) -> None:
        if self._open.pop().kept:
            self._write(f"</{name}>")
        self._after = not self._open
        self.listener.end(len(self._open))

    def _text(self, text: str) -> None:
        self.listener.text(text)
        if self._open[-1].kept:
            self._write(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#xD;"))

    def _instruction(self, target: str, data: str) -> None:
        instruction = f"<?{target} {data}?>" if data else f"<?{target}?>"
        if self._open:
            if self._open[-1].kept:
                self._write(instruction)
        elif self.whole:
            self._write(f"\n{instruction}" if self._after else f"{instruction}\n")

    def _write(self, text: str) -> None:
        self._out += text.encode()


def _no_doctype(*_: object) -> None:
    raise Refused("signature.xml_doctype")


def _resolve(scope: Namespaces, prefix: str) -> str:
    namespace = scope.get(prefix, "")
    if prefix and not namespace:
        raise Refused("signature.xml_malformed")
    return namespace


def _attribute(value: str) -> str:
    value = value.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return value.replace("\t", "&#x9;").replace("\n", "&#xA;").replace("\r", "&#xD;")
