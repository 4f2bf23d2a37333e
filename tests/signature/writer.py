"""A small DER writer: the values that certificates, lists and messages are made of."""

from datetime import UTC, datetime

GOST_256, GOST_512 = "1.2.643.7.1.1.3.2", "1.2.643.7.1.1.3.3"
STREEBOG_256, STREEBOG_512 = "1.2.643.7.1.1.2.2", "1.2.643.7.1.1.2.3"
SHA1, SHA256, SHA384, SHA512 = (
    "1.3.14.3.2.26",
    "2.16.840.1.101.3.4.2.1",
    "2.16.840.1.101.3.4.2.2",
    "2.16.840.1.101.3.4.2.3",
)


def tlv(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    if len(content) < 0x80:
        return bytes([tag, len(content)]) + content
    length = len(content).to_bytes((len(content).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def seq(*parts: bytes) -> bytes:
    return tlv(0x30, *parts)


def set_of(*parts: bytes) -> bytes:
    return tlv(0x31, *parts)


def integer(number: int, tag: int = 0x02) -> bytes:
    return tlv(tag, number.to_bytes(number.bit_length() // 8 + 1, "big", signed=True))


def oid(dotted: str) -> bytes:
    first, second, *rest = map(int, dotted.split("."))
    out = bytearray()
    for number in (40 * first + second, *rest):
        group = [number & 0x7F]
        while number := number >> 7:
            group.append(number & 0x7F | 0x80)
        out += bytes(reversed(group))
    return tlv(0x06, bytes(out))


def octets(content: bytes) -> bytes:
    return tlv(0x04, content)


def bits(content: bytes) -> bytes:
    return tlv(0x03, b"\0" + content)


def named_bits(*numbers: int) -> bytes:
    value = bytearray(max(numbers) // 8 + 1)
    for number in numbers:
        value[number // 8] |= 0x80 >> number % 8
    return tlv(0x03, bytes([7 - max(numbers) % 8]) + bytes(value))


def utf8(text: str) -> bytes:
    return tlv(0x0C, text.encode())


def numeric(text: str) -> bytes:
    return tlv(0x12, text.encode())


def moment(at: datetime, generalized: bool = False) -> bytes:
    if generalized or at.year >= 2050:
        return tlv(0x18, at.strftime("%Y%m%d%H%M%SZ").encode())
    return tlv(0x17, at.strftime("%y%m%d%H%M%SZ").encode())


NULL, TRUE, FALSE = tlv(0x05), tlv(0x01, b"\xff"), tlv(0x01, b"\0")


def algorithm(name: str, *parameters: bytes) -> bytes:
    return seq(oid(name), *parameters)


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
