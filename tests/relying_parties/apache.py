"""Apache with Debian's mod_auth_openidc as a relying party: an own server with a configuration of its own."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.provider import Provider
from tests.relying_parties.arrange import register
from tests.servers import free_port, listening, program

MODULES = Path("/usr/lib/apache2/modules")
_STANDARD = quote(json.dumps({"id_token": {"acr": {"essential": True, "value": "standard"}}}))
#: Every page prints the environment that the module passes on. The front page takes whoever has signed in; the permit
#: needs a level in the token, and asks for it. The others ask for standard in other ways, and take what comes.
CONFIGURATION = """
ServerRoot {folder}
ServerName 127.0.0.1
Listen 127.0.0.1:{port}
PidFile {folder}/pid
DefaultRuntimeDir {folder}
ErrorLog {folder}/log
{user}
StartServers 2
{modules}
TypesConfig /dev/null
AddType text/html .html
DocumentRoot {folder}/pages
<Directory {folder}/pages>
    Options +Includes
    SetOutputFilter INCLUDES
    DirectoryIndex index.html
</Directory>

OIDCProviderMetadataURL {issuer}/.well-known/openid-configuration
OIDCClientID {client_id}
OIDCClientSecret {secret}
OIDCProviderTokenEndpointAuth client_secret_basic
OIDCPKCEMethod S256
OIDCRedirectURI http://127.0.0.1:{port}/callback
OIDCCryptoPassphrase only-of-this-test
OIDCScope "openid profile email"
{asks}
OIDCPassClaimsAs environment
OIDCCookieSameSite On
# Debian's version takes an error that tells its issuer (RFC 9207) for the start of a sign-in: it leads here.
OIDCDefaultURL http://127.0.0.1:{port}/

<Location />
    AuthType openid-connect
    Require valid-user
</Location>
<Location /signed-out>
    AuthType None
    Require all granted
</Location>
<Location /wish>
    OIDCPathAuthRequestParams acr_values=standard
</Location>
<Location /silent-wish>
    OIDCPathAuthRequestParams acr_values=standard&prompt=none
</Location>
<Location /silent-demand>
    OIDCPathAuthRequestParams claims={standard}&prompt=none
</Location>
<Location /permit>
    Require claim acr:standard
    OIDCUnAutzAction auth
    OIDCPathAuthRequestParams claims={standard}
</Location>
"""


@contextmanager
def apache(
    provider: Provider, folder: Path, client_id: str = "apache", asks: str = "acr_values=simplified"
) -> Iterator[str]:
    """Register the server as a portal and run it; yield its address. ``asks`` goes with every request."""
    server, port = program("apache2"), free_port()
    if not (MODULES / "mod_auth_openidc.so").exists():
        missing = pytest.fail if os.environ.get("CI") else pytest.skip
        missing("libapache2-mod-auth-openidc is not installed")
    address = f"http://127.0.0.1:{port}"
    # The module's addresses are questions to its redirect address.
    secret = register(
        provider,
        client_id,
        address,
        backchannel_logout_uri=f"{address}/callback?logout=backchannel",
        backchannel_logout_session_required=True,
        scope="openid profile email",
    )
    # As root its workers run as another user, who must get through to the pages.
    folder.chmod(0o755)
    for page in ("", "permit/", "signed-out/", "wish/", "silent-wish/", "silent-demand/"):
        there = folder / "pages" / page
        there.mkdir(parents=True, exist_ok=True)
        there.chmod(0o755)
        (there / "index.html").write_text("<pre><!--#printenv --></pre>", encoding="utf-8")
        (there / "index.html").chmod(0o644)
    names = ("mpm_event", "authn_core", "authz_core", "authz_user", "dir", "mime", "include", "auth_openidc")
    (folder / "apache.conf").write_text(
        CONFIGURATION.format(
            folder=folder,
            port=port,
            user="User www-data\nGroup www-data" if os.geteuid() == 0 else "",
            modules="\n".join(f"LoadModule {name}_module {MODULES}/mod_{name}.so" for name in names),
            issuer=provider.issuer,
            client_id=client_id,
            asks=f"OIDCAuthRequestParams {asks}" if asks else "",
            secret=secret,
            standard=_STANDARD,
        ),
        encoding="utf-8",
    )
    command = [server, "-d", str(folder), "-f", str(folder / "apache.conf"), "-DFOREGROUND"]
    with listening(command, port, folder / "output"):
        yield address
