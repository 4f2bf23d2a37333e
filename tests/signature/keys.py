"""Key pairs of every family, made by openssl with its gost engine, which also signs and hashes."""

import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.signature.writer import (
    GOST_256,
    GOST_512,
    NULL,
    SHA256,
    SHA384,
    SHA512,
    STREEBOG_256,
    STREEBOG_512,
    algorithm,
)

ENGINE = """openssl_conf = init
[init]
engines = engines
[engines]
gost = gost
[gost]
engine_id = gost
default_algorithms = ALL
[req]
distinguished_name = dn
[dn]
"""


@dataclass(frozen=True)
class Key:
    """A key pair: ``spki`` as a certificate holds it, ``signing`` what certificates name, ``digest`` its hash."""

    name: str
    pem: Path
    spki: bytes
    signing: bytes
    digest: str
    function: str
    run: Any = field(repr=False)

    def sign(self, data: bytes) -> bytes:
        return bytes(self.run("dgst", f"-{self.function}", "-sign", str(self.pem), "-binary", data=data))

    def hash(self, data: bytes) -> bytes:
        return bytes(self.run("dgst", f"-{self.function}", "-binary", data=data))


#: What openssl is asked for, what signs with it, and which digest goes with it.
KINDS: dict[str, tuple[tuple[str, str], tuple[str, ...], str, str]] = {
    **{
        name: (("gost2012_256", f"paramset:{name}"), (GOST_256,), STREEBOG_256, "md_gost12_256")
        for name in ("A", "B", "C", "XA", "XB", "TCA", "TCB", "TCC", "TCD")
    },
    **{
        f"512{name}": (("gost2012_512", f"paramset:{name}"), (GOST_512,), STREEBOG_512, "md_gost12_512")
        for name in "ABC"
    },
    "rsa": (("RSA", "rsa_keygen_bits:2048"), ("1.2.840.113549.1.1.11", "NULL"), SHA256, "sha256"),
    "rsa3072": (("RSA", "rsa_keygen_bits:3072"), ("1.2.840.113549.1.1.12", "NULL"), SHA384, "sha384"),
    "rsa4096": (("RSA", "rsa_keygen_bits:4096"), ("1.2.840.113549.1.1.13", "NULL"), SHA512, "sha512"),
    "pss": (("RSA-PSS", "rsa_keygen_bits:2048"), ("1.2.840.113549.1.1.11", "NULL"), SHA256, "sha256"),
    "rsa1024": (("RSA", "rsa_keygen_bits:1024"), ("1.2.840.113549.1.1.11", "NULL"), SHA256, "sha256"),
    "p256": (("EC", "ec_paramgen_curve:P-256"), ("1.2.840.10045.4.3.2",), SHA256, "sha256"),
    "p384": (("EC", "ec_paramgen_curve:P-384"), ("1.2.840.10045.4.3.3",), SHA384, "sha384"),
    "p521": (("EC", "ec_paramgen_curve:P-521"), ("1.2.840.10045.4.3.4",), SHA512, "sha512"),
    "p192": (("EC", "ec_paramgen_curve:prime192v1"), ("1.2.840.10045.4.3.2",), SHA256, "sha256"),
}


class Keys:
    """Keys by kind, and a number where one kind has several; each is made when it is first asked for."""

    def __init__(self, folder: Path, config: Path) -> None:
        self.folder = folder
        self._config = config
        self._made: dict[tuple[str, int], Key] = {}

    def run(self, *arguments: str, data: bytes = b"", ok: tuple[int, ...] = (0,)) -> bytes:
        done = subprocess.run(
            ["openssl", *arguments],
            input=data,
            capture_output=True,
            env={**os.environ, "OPENSSL_CONF": str(self._config)},
            check=False,
        )
        assert done.returncode in ok, done.stderr.decode()
        return done.stdout

    def verifies(self, *arguments: str) -> bool:
        done = subprocess.run(
            ["openssl", *arguments], capture_output=True, env={**os.environ, "OPENSSL_CONF": str(self._config)}
        )
        return done.returncode == 0

    def __call__(self, kind: str, number: int = 0) -> Key:
        if (kind, number) not in self._made:
            (name, option), signing, digest, function = KINDS[kind]
            pem = self.folder / f"{kind}-{number}.pem"
            self.run("genpkey", "-algorithm", name, "-pkeyopt", option, "-out", str(pem))
            spki = self.run("pkey", "-in", str(pem), "-pubout", "-outform", "DER")
            made = Key(
                kind, pem, spki, algorithm(signing[0], *([NULL] if signing[1:] else [])), digest, function, self.run
            )
            self._made[kind, number] = made
        return self._made[kind, number]
