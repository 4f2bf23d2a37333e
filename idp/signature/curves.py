"""The curves of GOST R 34.10-2012: the sets of TC26 (RFC 7836) and the CryptoPro sets that equal them (RFC 4357)."""

from dataclasses import dataclass

Point = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Curve:
    """y² = x³ + ax + b over the field of p; ``base`` generates the group of order q."""

    name: str
    bits: int
    p: int
    a: int
    b: int
    q: int
    base: Point

    @property
    def size(self) -> int:
        """The width of a coordinate and of half a signature, in octets."""
        return self.bits // 8

    def holds(self, point: Point) -> bool:
        """Whether the point lies on the curve. The points of small order are left to ``gost3410``."""
        x, y = point
        return 0 <= x < self.p and 0 <= y < self.p and (y * y - (x * x + self.a) * x - self.b) % self.p == 0


TC26_256_B = Curve(
    name="id-tc26-gost-3410-2012-256-paramSetB",
    bits=256,
    p=0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFD97,
    a=0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFD94,
    b=0xA6,
    q=0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF6C611070995AD10045841B09B761B893,
    base=(
        0x1,
        0x8D91E471E0989CDA27DF505A453F2B7635294F2DDF23E3B122ACC99C9E9F1E14,
    ),
)

TC26_256_C = Curve(
    name="id-tc26-gost-3410-2012-256-paramSetC",
    bits=256,
    p=0x8000000000000000000000000000000000000000000000000000000000000C99,
    a=0x8000000000000000000000000000000000000000000000000000000000000C96,
    b=0x3E1AF419A269A5F866A7D3C25C3DF80AE979259373FF2B182F49D4CE7E1BBC8B,
    q=0x800000000000000000000000000000015F700CFFF1A624E5E497161BCC8A198F,
    base=(
        0x1,
        0x3FA8124359F96680B83D1C3EB2C070E5C545C9858D03ECFB744BF8D717717EFC,
    ),
)

TC26_256_D = Curve(
    name="id-tc26-gost-3410-2012-256-paramSetD",
    bits=256,
    p=0x9B9F605F5A858107AB1EC85E6B41C8AACF846E86789051D37998F7B9022D759B,
    a=0x9B9F605F5A858107AB1EC85E6B41C8AACF846E86789051D37998F7B9022D7598,
    b=0x805A,
    q=0x9B9F605F5A858107AB1EC85E6B41C8AA582CA3511EDDFB74F02F3A6598980BB9,
    base=(
        0x0,
        0x41ECE55743711A8C3CBF3783CD08C0EE4D4DC440D4641A8F366E550DFDB3BB67,
    ),
)

TC26_512_A = Curve(
    name="id-tc26-gost-3410-2012-512-paramSetA",
    bits=512,
    p=int(
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
        "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffdc7",
        16,
    ),
    a=int(
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
        "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffdc4",
        16,
    ),
    b=int(
        "e8c2505dedfc86ddc1bd0b2b6667f1da34b82574761cb0e879bd081cfd0b6265"
        "ee3cb090f30d27614cb4574010da90dd862ef9d4ebee4761503190785a71c760",
        16,
    ),
    q=int(
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
        "27e69532f48d89116ff22b8d4e0560609b4b38abfad2b85dcacdb1411f10b275",
        16,
    ),
    base=(
        0x3,
        int(
            "7503cfe87a836ae3a61b8816e25450e6ce5e1c93acf1abc1778064fdcbefa921"
            "df1626be4fd036e93d75e6a50e3a41e98028fe5fc235f5b889a589cb5215f2a4",
            16,
        ),
    ),
)

TC26_512_B = Curve(
    name="id-tc26-gost-3410-2012-512-paramSetB",
    bits=512,
    p=int(
        "8000000000000000000000000000000000000000000000000000000000000000"
        "000000000000000000000000000000000000000000000000000000000000006f",
        16,
    ),
    a=int(
        "8000000000000000000000000000000000000000000000000000000000000000"
        "000000000000000000000000000000000000000000000000000000000000006c",
        16,
    ),
    b=int(
        "687d1b459dc841457e3e06cf6f5e2517b97c7d614af138bcbf85dc806c4b289f"
        "3e965d2db1416d217f8b276fad1ab69c50f78bee1fa3106efb8ccbc7c5140116",
        16,
    ),
    q=int(
        "8000000000000000000000000000000000000000000000000000000000000001"
        "49a1ec142565a545acfdb77bd9d40cfa8b996712101bea0ec6346c54374f25bd",
        16,
    ),
    base=(
        0x2,
        int(
            "1a8f7eda389b094c2c071e3647a8940f3c123b697578c213be6dd9e6c8ec7335"
            "dcb228fd1edf4a39152cbcaaf8c0398828041055f94ceeec7e21340780fe41bd",
            16,
        ),
    ),
)

TC26_256_A = Curve(
    name="id-tc26-gost-3410-2012-256-paramSetA",
    bits=256,
    p=0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFD97,
    a=0xC2173F1513981673AF4892C23035A27CE25E2013BF95AA33B22C656F277E7335,
    b=0x295F9BAE7428ED9CCC20E7C359A9D41A22FCCD9108E17BF7BA9337A6F8AE9513,
    q=0x400000000000000000000000000000000FD8CDDFC87B6635C115AF556C360C67,
    base=(
        0x91E38443A5E82C0D880923425712B2BB658B9196932E02C78B2582FE742DAA28,
        0x32879423AB1A0375895786C4BB46E9565FDE0B5344766740AF268ADB32322E5C,
    ),
)

TC26_512_C = Curve(
    name="id-tc26-gost-3410-2012-512-paramSetC",
    bits=512,
    p=int(
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
        "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffdc7",
        16,
    ),
    a=int(
        "dc9203e514a721875485a529d2c722fb187bc8980eb866644de41c68e1430645"
        "46e861c0e2c9edd92ade71f46fcf50ff2ad97f951fda9f2a2eb6546f39689bd3",
        16,
    ),
    b=int(
        "b4c4ee28cebc6c2c8ac12952cf37f16ac7efb6a9f69f4b57ffda2e4f0de5ade0"
        "38cbc2fff719d2c18de0284b8bfef3b52b8cc7a5f5bf0a3c8d2319a5312557e1",
        16,
    ),
    q=int(
        "3fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
        "c98cdba46506ab004c33a9ff5147502cc8eda9e7a769a12694623cef47f023ed",
        16,
    ),
    base=(
        int(
            "e2e31edfc23de7bdebe241ce593ef5de2295b7a9cbaef021d385f7074cea043a"
            "a27272a7ae602bf2a7b9033db9ed3610c6fb85487eae97aac5bc7928c1950148",
            16,
        ),
        int(
            "f5ce40d95b5eb899abbccff5911cb8577939804d6527378b8c108c3d2090ff9b"
            "e18e2d33e3021ed2ef32d85822423b6304f726aa854bae07d0396e9a9addc40f",
            16,
        ),
    ),
)

#: What a key may name. CryptoPro A, B, C and the two exchange sets are the curves of TC26 under older names.
CURVES = {
    "1.2.643.7.1.2.1.1.2": TC26_256_B,
    "1.2.643.2.2.35.1": TC26_256_B,
    "1.2.643.2.2.36.0": TC26_256_B,
    "1.2.643.7.1.2.1.1.3": TC26_256_C,
    "1.2.643.2.2.35.2": TC26_256_C,
    "1.2.643.7.1.2.1.1.4": TC26_256_D,
    "1.2.643.2.2.35.3": TC26_256_D,
    "1.2.643.2.2.36.1": TC26_256_D,
    "1.2.643.7.1.2.1.2.1": TC26_512_A,
    "1.2.643.7.1.2.1.2.2": TC26_512_B,
    "1.2.643.7.1.2.1.1.1": TC26_256_A,
    "1.2.643.7.1.2.1.2.3": TC26_512_C,
}
