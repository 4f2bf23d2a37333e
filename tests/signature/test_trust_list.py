"""The ministry's list: its signature is right or it is not read; canonical form; history of statuses; bad XML."""

import base64
import time
import tracemalloc
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from idp.kernel.refusal import Refused
from idp.signature.canonical import EXCLUSIVE, INCLUSIVE
from idp.signature.extensions import Period
from idp.signature.trust_list import TrustList, read_trust_list
from tests.signature.certificates import Made, crl, crl_entry
from tests.signature.keys import Key
from tests.signature.world import AT, DIRECTOR, PERSON, World
from tests.signature.writer import day

MINISTRY = "1027700132195"
DS = "http://www.w3.org/2000/09/xmldsig#"
CP = "urn:ietf:params:xml:ns:cpxmlsec:algorithms:"
METHODS = {
    "md_gost12_256": (CP + "gostr34102012-gostr34112012-256", CP + "gostr34112012-256"),
    "md_gost12_512": (CP + "gostr34102012-gostr34112012-512", CP + "gostr34112012-512"),
    "sha256": ("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "http://www.w3.org/2001/04/xmlenc#sha256"),
}


def centre(made: Made, statuses: str = "", now: str = "Действует", since: str = "2020-01-01T00:00:00") -> str:
    data = base64.b64encode(made.der).decode()
    return (
        "<УдостоверяющийЦентр><Название>УЦ &quot;Пример&quot;</Название><ПрограммноАппаратныеКомплексы>"
        "<ПрограммноАппаратныйКомплекс><КлючиУполномоченныхЛиц><Ключ><ИдентификаторКлюча>AB</ИдентификаторКлюча>"
        "<АдресаСписковОтзыва><Адрес>http://cdp.example/1.crl</Адрес><Адрес>http://cdp2.example/1.crl</Адрес>"
        f"</АдресаСписковОтзыва><Сертификаты><ДанныеСертификата><Отпечаток>00</Отпечаток><Данные>{data}</Данные>"
        "</ДанныеСертификата></Сертификаты></Ключ></КлючиУполномоченныхЛиц></ПрограммноАппаратныйКомплекс>"
        "</ПрограммноАппаратныеКомплексы><ИНН>7707083893</ИНН><ОГРН>1027700900028</ОГРН>"
        f"<СтатусАккредитации><Статус>{now}</Статус><ДействуетС>{since}</ДействуетС></СтатусАккредитации>"
        f"<ИсторияСтатусовАккредитации>{statuses}</ИсторияСтатусовАккредитации></УдостоверяющийЦентр>"
    ).replace("&quot;", '"')


def status(name: str, since: str) -> str:
    return f"<СтатусАккредитации><Статус>{name}</Статус><ДействуетС>{since}</ДействуетС></СтатусАккредитации>"


@dataclass(frozen=True)
class Document:
    """A list that is written in canonical form by hand, so that no code of ours says what is signed."""

    body: str
    version: str = "100"
    date: str = "2026-11-23T10:00:00+03:00"
    root: str = "АккредитованныеУдостоверяющиеЦентры"
    transforms: tuple[str, ...] = (DS + "enveloped-signature", INCLUSIVE)
    uri: str = ""
    form: str = INCLUSIVE
    method: str | None = None
    digest: str | None = None
    extra: str = ""

    @property
    def opened(self) -> str:
        return f"<{self.root}>\n<Версия>{self.version}</Версия><Дата>{self.date}</Дата>{self.body}"

    def sign(self, signer: Made, key: Key | None = None, chain: tuple[Made, ...] = ()) -> bytes:
        key = key or signer.key
        method, digest = METHODS[key.function]
        closed = f"</{self.root}>"
        hashed = base64.b64encode(key.hash((self.opened + closed).encode())).decode()
        transforms = "".join(f'<Transform Algorithm="{name}"></Transform>' for name in self.transforms)
        inside = (
            f'<CanonicalizationMethod Algorithm="{self.form}"></CanonicalizationMethod>'
            f'<SignatureMethod Algorithm="{self.method or method}"></SignatureMethod>'
            f'<Reference URI="{self.uri}"><Transforms>{transforms}</Transforms>'
            f'<DigestMethod Algorithm="{self.digest or digest}"></DigestMethod>'
            f"<DigestValue>{hashed}</DigestValue></Reference>{self.extra}</SignedInfo>"
        )
        value = base64.b64encode(key.sign(f'<SignedInfo xmlns="{DS}">{inside}'.encode())).decode()
        certificates = "".join(
            f"<X509Certificate>{base64.b64encode(made.der).decode()}</X509Certificate>" for made in (signer, *chain)
        )
        signature = (
            f'<Signature xmlns="{DS}"><SignedInfo>{inside}<SignatureValue>{value}</SignatureValue>'
            f"<KeyInfo><X509Data>{certificates}</X509Data></KeyInfo></Signature>"
        )
        return f'<?xml version="1.0" encoding="utf-8"?>\n{self.opened}{signature}{closed}'.encode()


@pytest.fixture(scope="session")
def ministry(world: World) -> Made:
    return world.holder(DIRECTOR)


def read(world: World, document: bytes, last_good: TrustList | None = None, **trust: object) -> TrustList:
    given_trust = world.trust(intermediates=(world.centre,), **trust)  # type: ignore[arg-type]
    return read_trust_list(document, MINISTRY, given_trust, AT, last_good)


def code_of(world: World, document: bytes, last_good: TrustList | None = None, **trust: object) -> str:
    with pytest.raises(Refused) as refusal:
        read(world, document, last_good, **trust)
    return refusal.value.code.removeprefix("signature.")


@pytest.mark.parametrize("kind", ["TCA", "512A", "rsa"])
@pytest.mark.parametrize("form", [INCLUSIVE, EXCLUSIVE])
@pytest.mark.parametrize("transforms", [(DS + "enveloped-signature",), (DS + "enveloped-signature", EXCLUSIVE)])
def test_a_signed_list_is_read(world: World, kind: str, form: str, transforms: tuple[str, ...]) -> None:
    document = Document(centre(world.centre), transforms=transforms, form=form)
    found = read(world, document.sign(world.holder(DIRECTOR, kind=kind)))

    assert found.version == 100
    assert found.issued == day("2026-11-23T07:00:00")
    (only,) = found.centres
    assert (only.name, only.ogrn) == ('УЦ "Пример"', "1027700900028")
    assert only.keys[0].addresses == ("http://cdp.example/1.crl", "http://cdp2.example/1.crl")
    assert found.certificates() == (world.centre.der,)
    assert found.accreditation().periods == {world.centre.fingerprint: (Period(day("2019-12-31T21:00:00"), None),)}


def test_a_login_trusts_the_centres_of_the_list(world: World, ministry: Made) -> None:
    found = read(world, Document(centre(world.centre)).sign(ministry))
    trust = world.trust()
    world.login(trust=replace(trust, accreditation=found.accreditation()))


@pytest.mark.parametrize(
    ("statuses", "now", "periods"),
    [
        ("", ("Действует", "2020-01-01"), [("2020-01-01", None)]),
        ("", ("Прекращена", "2020-01-01"), []),
        (status("Действует", "2012-01-01"), ("Прекращена", "2020-01-01"), [("2012-01-01", "2020-01-01")]),
        (
            status("Действует", "2012-01-01")
            + status("Приостановлена", "2013-01-01")
            + status("Действует", "2014-01-01"),
            ("Аннулирована", "2015-01-01"),
            [("2012-01-01", "2013-01-01"), ("2014-01-01", "2015-01-01")],
        ),
        (
            status("Действует", "2017-01-01") + status("Действует", "2012-01-01"),
            ("Действует", "2017-01-01"),
            [("2012-01-01", None)],
        ),
    ],
)
def test_each_status_holds_until_the_next(
    world: World, ministry: Made, statuses: str, now: tuple[str, str], periods: list[tuple[str, str | None]]
) -> None:
    found = read(world, Document(centre(world.centre, statuses, *now)).sign(ministry))
    moscow = [Period(in_moscow(start), None if end is None else in_moscow(end)) for start, end in periods]
    assert list(found.centres[0].periods) == moscow


def in_moscow(text: str) -> datetime:
    """Return the beginning of a day in Moscow: times in the list have no zone."""
    return day(text) - timedelta(hours=3)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda text: text.replace("<Версия>100", "<Версия>101"), "other_content"),
        (lambda text: text.replace("</Версия>", "</Версия> "), "other_content"),
        (lambda text: text.replace("\n<Версия>", "<Версия>"), "other_content"),
        (lambda text: text.replace("<Название>", '<Название x="y">'), "other_content"),
        (lambda text: text.replace("<Reference ", '<Reference Id="x" '), "wrong"),
        (lambda text: text[: text.index("<Signature ")] + text[text.index("</Signature>") + 12 :], "xml_unsigned"),
        (lambda text: text.replace("<SignatureValue>", "<SignatureValue>!"), "xml_signature"),
        (lambda text: text.replace("</Signature>", "</Signature><a>").replace("</Аккр", "</a></Аккр"), "other_content"),
        (lambda text: doubled(text), "xml_signature"),
        (lambda text: text.replace("<Версия>", "<Версия><x>").replace("</Версия>", "</x></Версия>"), "other_content"),
        (lambda text: text.replace("<АккредитованныеУ", '<АккредитованныеУ xml:lang="ru"', 1), "xml_malformed"),
        (lambda text: text.replace("Центры>\n", 'Центры xml:lang="ru">\n', 1), "xml_signature"),
        (lambda text: text.replace("<X509Certificate>", "<X>").replace("</X509Certificate>", "</X>"), "xml_signature"),
        (lambda text: text[:-5], "xml_malformed"),
        (lambda text: "", "xml_malformed"),
        (lambda text: text.replace("<Версия>", "<Версия>&nbsp;"), "xml_malformed"),
        (lambda text: text.replace("<Версия>", "<x:Версия>").replace("</Версия>", "</x:Версия>"), "xml_malformed"),
    ],
)
def test_a_list_that_was_touched_is_refused(world: World, ministry: Made, change: object, code: str) -> None:
    assert callable(change)
    document = Document(centre(world.centre)).sign(ministry).decode()
    assert code_of(world, change(document).encode()) == code


def doubled(text: str) -> str:
    signature = text[text.index("<Signature ") : text.index("</Signature>") + 12]
    return text.replace(signature, signature * 2)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"uri": "#x"}, "xml_signature"),
        ({"transforms": ()}, "xml_signature"),
        ({"transforms": (INCLUSIVE,)}, "xml_signature"),
        (
            {"transforms": (DS + "enveloped-signature", "http://www.w3.org/TR/1999/REC-xslt-19991116")},
            "algorithm_refused",
        ),
        ({"transforms": (DS + "enveloped-signature", INCLUSIVE, INCLUSIVE)}, "xml_signature"),
        ({"form": INCLUSIVE + "#WithComments"}, "algorithm_refused"),
        ({"method": DS + "rsa-sha1"}, "algorithm_refused"),
        ({"method": METHODS["sha256"][0]}, "algorithm_mismatch"),
        ({"digest": DS + "sha1"}, "algorithm_refused"),
        ({"extra": "<Reference></Reference>"}, "xml_signature"),
        ({"extra": "<Object></Object>"}, "xml_signature"),
        ({"version": "x"}, "trust_list_malformed"),
        ({"version": "9" * 11}, "trust_list_malformed"),
        ({"date": "yesterday"}, "trust_list_malformed"),
        ({"root": "Другой"}, "trust_list_malformed"),
        ({"body": "<УдостоверяющийЦентр></УдостоверяющийЦентр>"}, None),
    ],
)
def test_a_shape_that_is_not_read_is_refused(
    world: World, ministry: Made, changes: dict[str, object], code: str
) -> None:
    document = replace(Document(centre(world.centre)), **changes).sign(ministry)  # type: ignore[arg-type]
    if code is None:
        assert read(world, document).accreditation().periods == {}
        return
    assert code_of(world, document) == code


def test_a_status_that_nobody_knows_is_refused(world: World, ministry: Made) -> None:
    assert code_of(world, Document(centre(world.centre, now="Неизвестно")).sign(ministry)) == "trust_list_malformed"


def test_only_the_ministry_signs_the_list(world: World, ministry: Made) -> None:
    """Every holder stands under the same root, so a sound signature alone says little."""
    document = Document(centre(world.centre))
    assert code_of(world, document.sign(world.holder(PERSON))) == "trust_list_signer"
    assert code_of(world, document.sign(ministry, key=world.keys("TCA", 9))) == "wrong"
    assert code_of(world, document.sign(ministry), anchors=()) == "untrusted"
    revoked = (crl(world.root), crl(world.centre, crl_entry(ministry.serial)))
    assert code_of(world, document.sign(ministry), lists=revoked) == "revoked"


def test_an_older_list_does_not_replace_the_last_good_one(world: World, ministry: Made) -> None:
    body = centre(world.centre)
    held = read(world, Document(body, version="100").sign(ministry))

    assert read(world, Document(body, version="100").sign(ministry), held) == held
    assert read(world, Document(body, version="101").sign(ministry), held).version == 101
    assert code_of(world, Document(body, version="99").sign(ministry), held) == "trust_list_older"
    assert code_of(world, Document(body, date="2026-11-22T10:00:00").sign(ministry), held) == "trust_list_older"


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "'
    + "x" * 1000
    + '">'
    + "".join(f'<!ENTITY {chr(98 + number)} "{f"&{chr(97 + number)};" * 100}">' for number in range(8))
    + "]><r>&i;</r>"
)


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (BOMB, "xml_doctype"),
        ('<!DOCTYPE r SYSTEM "file:///etc/passwd"><r/>', "xml_doctype"),
        ("<r>" * 10_000, "too_deep"),
        ("<r " + " ".join(f'a{number}="1"' for number in range(100_000)) + "/>", "xml_malformed"),
        ("<r " + " ".join(f'xmlns:a{number}="u"' for number in range(60)) + "/>", "xml_malformed"),
        ("<r>" + "<a/>" * 100_000 + "</r>", "xml_unsigned"),
        ("<r>" + "x" * 10_000_000 + "</r>", "xml_unsigned"),
    ],
)
def test_bad_xml_costs_little(world: World, document: str, code: str) -> None:
    octets = document.encode()
    before = time.process_time()
    assert code_of(world, octets) == code
    assert time.process_time() - before < 2
    tracemalloc.start()
    code_of(world, octets)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4_000_000
