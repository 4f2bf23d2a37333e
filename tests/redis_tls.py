"""A Redis server that speaks TLS alone, with a certificate of an authority of its own."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import servers


@contextmanager
def redis(folder: Path) -> Iterator[servers.Running]:
    """Its ``url`` names the authority; whoever doesn't know it, or speaks no TLS, gets no answer."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    made = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", certificate)
    names = ("-subj", "/CN=redis", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2")
    command = [servers.program("openssl"), "req", "-x509", *map(str, made), *names]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    port = servers.free_port()
    options = {
        "port": 0,
        "tls-port": port,
        "tls-cert-file": certificate,
        "tls-key-file": key,
        "tls-ca-cert-file": certificate,
        "tls-auth-clients": "no",
        "bind": "127.0.0.1",
        "save": "",
        "appendonly": "no",
    }
    command = [servers.program("redis-server")]
    for name, value in options.items():
        command += [f"--{name}", str(value)]
    server = servers.Running(
        f"rediss://127.0.0.1:{port}/0?ssl_ca_certs={certificate}", port, command, folder / "redis.log"
    )
    server.start()
    try:
        yield server
    finally:
        server.stop()
