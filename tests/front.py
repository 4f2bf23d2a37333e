"""A real nginx with TLS before a provider, by the configuration that we ship; only its names and ports are changed."""

import getpass
import re
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.house import ROOT
from tests.servers import free_port, listening, program

_MAIN = """
{user}
pid {folder}/pid;
error_log {folder}/error.log;
worker_processes 1;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site;
}}
"""


@dataclass(frozen=True)
class Front:
    """``address`` is where people reach it, ``plain`` where http is led from."""

    address: str
    port: int
    plain: int
    context: ssl.SSLContext


@contextmanager
def nginx(
    folder: Path, behind: list[int], port: int, changes: dict[str, str] | None = None, days: float = 60
) -> Iterator[Front]:
    """Run nginx on the port before providers on loopback; ``changes`` are of the shipped text, ``days`` how long the
    certificate lasts."""
    certificate(folder, days)
    plain = free_port()
    text = (ROOT / "config/nginx.conf").read_text(encoding="utf-8")
    server = re.search(r"    server 127\.0\.0\.1:8000 (.*)\n", text)
    assert server is not None
    exchanged = {
        server[0]: "".join(f"    server 127.0.0.1:{one} {server[1]}\n" for one in behind),
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "    listen [::]:80;\n": "",
        "listen 443 ssl http2;": f"listen 127.0.0.1:{port} ssl http2;",
        "    listen [::]:443 ssl http2;\n": "",
        "https://id.city.example$": f"https://localhost:{port}$",
        "/etc/ssl/idp/": f"{folder}/",
        **(changes or {}),
    }
    for old, new in exchanged.items():
        assert old in text, f"the shipped configuration has no {old!r}"
        text = text.replace(old, new)
    text = text.replace("server_name id.city.example;", "server_name localhost;")
    (folder / "site").write_text(text, encoding="utf-8")
    main = _MAIN.format(folder=folder, user="user root;" if getpass.getuser() == "root" else "")
    (folder / "nginx.conf").write_text(main, encoding="utf-8")
    command = [program("nginx"), "-p", str(folder), "-c", str(folder / "nginx.conf"), "-g", "daemon off;"]
    subprocess.run([*command[:-2], "-t", "-q"], check=True)
    context = ssl.create_default_context(cafile=str(folder / "fullchain.pem"))
    with listening(command, port, folder / "nginx.log"):
        yield Front(f"https://localhost:{port}", port, plain, context)


def certificate(folder: Path, days: float = 1) -> None:
    """Write a certificate of localhost that signs itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    named, at = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")]), datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(named)
        .issuer_name(named)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=7))
        .not_valid_after(at + timedelta(days=days))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "privkey.pem").write_bytes(private)
