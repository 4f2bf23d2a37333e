"""A partner of the operator's settings over real TLS: it must show a certificate we trust, and we show ours."""

import http.server
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from idp.kernel.http import Partner

AT = datetime.now(UTC)


class Authority:
    """Makes certificates below one root, into a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Gateway's root")])
        self.root = self._signed(self.name, self.key, x509.BasicConstraints(ca=True, path_length=None))
        (folder / "root.pem").write_bytes(self.root.public_bytes(serialization.Encoding.PEM))

    def make(self, name: str) -> tuple[str, str]:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        made = self._signed(subject, key, x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]))
        certificate, private = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
        private.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return str(certificate), str(private)

    def _signed(
        self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, extension: x509.ExtensionType
    ) -> x509.Certificate:
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(self.name).public_key(key.public_key())
        builder = builder.serial_number(x509.random_serial_number()).add_extension(extension, critical=False)
        builder = builder.not_valid_before(AT - timedelta(days=1)).not_valid_after(AT + timedelta(days=1))
        return builder.sign(self.key, hashes.SHA256())


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        shown = self.connection.getpeercert()  # type: ignore[attr-defined]
        body = b"<html>" if self.path == "/garbage" else b'{"shown": %d}' % bool(shown)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def gateway(authority: Authority) -> Iterator[str]:
    """A server that wants a client certificate below its root."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*authority.make("gateway"))
    context.load_verify_locations(authority.folder / "root.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"https://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def called(partner: Partner, url: str) -> tuple[int, object]:
    try:
        return partner.call("GET", url, None, {}, 5)
    finally:
        partner.close()


def test_with_our_certificate_the_gateway_answers(authority: Authority, gateway: str) -> None:
    ours = authority.make("idp")
    assert called(Partner(5, str(authority.folder / "root.pem"), *ours), gateway + "/") == (200, {"shown": 1})
    assert called(Partner(5, str(authority.folder / "root.pem"), *ours), gateway + "/garbage") == (200, None)


def test_without_it_or_with_a_strangers_it_does_not(authority: Authority, gateway: str, tmp_path: Path) -> None:
    with pytest.raises(OSError):
        called(Partner(5, str(authority.folder / "root.pem")), gateway + "/")
    strangers = Authority(tmp_path).make("stranger")
    with pytest.raises(OSError):
        called(Partner(5, str(authority.folder / "root.pem"), *strangers), gateway + "/")


def test_a_gateway_that_nobody_vouches_for_is_not_asked(authority: Authority, gateway: str, tmp_path: Path) -> None:
    ours = authority.make("idp")
    with pytest.raises(OSError):
        called(Partner(5, "", *ours), gateway + "/")
    Authority(tmp_path)
    with pytest.raises(OSError):
        called(Partner(5, str(tmp_path / "root.pem"), *ours), gateway + "/")
