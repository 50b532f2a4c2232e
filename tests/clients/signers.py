"""Other people's signers: botocore, awscrt, the AWS SDK for JavaScript and curl, each behind the same call.

A signer takes a `Call` and an `Identity` and answers the signed `Call`; `send` sends it to a running node.
`SIGNERS` holds all that can sign ahead of sending; curl signs while it sends, with `curl`.
"""

import base64
import dataclasses
import functools
import json
import os
import pathlib
import shutil
import subprocess
import urllib.parse

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import urllib3

from support.binary import ROOT

HERE = pathlib.Path(__file__).parent
EXPIRES = 60


@dataclasses.dataclass(frozen=True)
class Call:
    """One HTTP request. The URL is written as it is sent: encoded, with its query."""

    method: str
    url: str
    headers: dict = dataclasses.field(default_factory=dict)
    body: bytes = b""

    def replace(self, **changes):
        return dataclasses.replace(self, **changes)

    @property
    def target(self):
        """What the request line holds."""
        parts = urllib.parse.urlsplit(self.url)
        return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")

    @property
    def host(self):
        return urllib.parse.urlsplit(self.url).netloc


@dataclasses.dataclass(frozen=True)
class Identity:
    """Who signs, and for what. SigV4A takes a set of regions such as `us-east-1,eu-*`."""

    key: str
    secret: str
    region: str
    service: str = "execute-api"
    token: str | None = None
    region_set: str | None = None


def botocore_header(call, who):
    return _botocore(botocore.auth.SigV4Auth, call, who)


def botocore_query(call, who, expires=EXPIRES):
    return _botocore(botocore.auth.SigV4QueryAuth, call, who, expires=expires)


def awscrt_header(call, who):
    return _botocore(_crt().CrtSigV4Auth, call, who)


def awscrt_multi_region_header(call, who):
    return _botocore(_crt().CrtSigV4AsymAuth, call, who, multi_region=True)


def awscrt_multi_region_query(call, who, expires=EXPIRES):
    return _botocore(_crt().CrtSigV4AsymQueryAuth, call, who, multi_region=True, expires=expires)


def javascript_header(call, who):
    return _javascript(call, who)


def javascript_announced_header(call, who):
    """With `x-amz-content-sha256`, as the SDK sends it by default."""
    return _javascript(call, who, announceBody=True)


def javascript_query(call, who, expires=EXPIRES):
    return _javascript(call, who, expires=expires)


def javascript_multi_region_header(call, who):
    return _javascript(call, who, multiRegion=True)


SIGNERS = {
    signer.__name__: signer
    for signer in (
        botocore_header,
        botocore_query,
        awscrt_header,
        awscrt_multi_region_header,
        awscrt_multi_region_query,
        javascript_header,
        javascript_announced_header,
        javascript_query,
        javascript_multi_region_header,
    )
}
MULTI_REGION = {name for name in SIGNERS if "multi_region" in name}
IN_QUERY = {name for name in SIGNERS if name.endswith("_query")}
# botocore's presigners would move a body into the query.
BODILESS = {"botocore_query", "awscrt_multi_region_query"}


def usable(name):
    """Whether what a signer needs is there; Python's always is."""
    return not name.startswith("javascript") or shutil.which("node") is not None and shutil.which("npm") is not None


def send(installation, call):
    """Sends a call as it is, to the AWS API or to the gateway, whichever its URL names."""
    parts = urllib.parse.urlsplit(call.url)
    if parts.scheme == "https":
        name = parts.hostname
        pool = urllib3.HTTPSConnectionPool(
            installation.gateway.host,
            installation.gateway.port,
            ca_certs=installation.ca,
            server_hostname=name,
            assert_hostname=name,
        )
    else:
        pool = urllib3.HTTPConnectionPool(parts.hostname, parts.port)
    headers = {name: value for name, value in call.headers.items() if name.lower() != "host"} | {"Host": call.host}
    with pool:
        return pool.urlopen(
            call.method, call.target, headers=headers, body=call.body or None, retries=False, redirect=False
        )


def curl(installation, call, who):
    """Lets curl sign in the header and send; answers the status and the body.

    curl before 8.3 signs the query in the order in which it is written: write it sorted and encoded.
    """
    host, gateway = urllib.parse.urlsplit(call.url), installation.gateway
    command = ["curl", "--silent", "--show-error", "--request", call.method, "--write-out", "\n%{http_code}"]
    command += ["--user", f"{who.key}:{who.secret}", "--aws-sigv4", f"aws:amz:{who.region}:{who.service}"]
    command += ["--path-as-is", "--noproxy", "*"]
    if host.scheme == "https":
        command += ["--cacert", installation.ca, "--resolve", f"{host.hostname}:{gateway.port}:{gateway.host}"]
    for name, value in call.headers.items():
        command += ["--header", f"{name}: {value}"]
    if who.token:
        command += ["--header", f"X-Amz-Security-Token: {who.token}"]
    if call.body:
        command += ["--data-binary", "@-"]
    done = subprocess.run([*command, call.url], input=call.body, capture_output=True)
    assert done.returncode == 0, done.stderr
    body, _, status = done.stdout.rpartition(b"\n")
    return int(status), body


def _crt():
    """botocore's signers on awscrt; another module, so that botocore's own still work without awscrt."""
    import botocore.crt.auth

    return botocore.crt.auth


def _botocore(auth, call, who, multi_region=False, **more):
    assert not (more and call.body), "botocore's presigners sign no body"
    request = botocore.awsrequest.AWSRequest(call.method, call.url, headers=dict(call.headers), data=call.body)
    credentials = botocore.credentials.Credentials(who.key, who.secret, who.token)
    region = (who.region_set or who.region) if multi_region else who.region
    auth(credentials, who.service, region, **more).add_auth(request)
    prepared = request.prepare()
    # The length is whoever sends it to say.
    headers = {name: _text(value) for name, value in prepared.headers.items() if name.lower() != "content-length"}
    return call.replace(url=prepared.url, headers=headers)


def _javascript(call, who, multiRegion=False, announceBody=False, expires=None):
    credentials = {"accessKeyId": who.key, "secretAccessKey": who.secret}
    if who.token:
        credentials["sessionToken"] = who.token
    asked = {
        "method": call.method,
        "url": call.url,
        "headers": call.headers,
        "body": base64.b64encode(call.body).decode(),
        "credentials": credentials,
        "region": (who.region_set or who.region) if multiRegion else who.region,
        "service": who.service,
        "multiRegion": multiRegion,
        "announceBody": announceBody,
        "expires": expires,
    }
    environment = os.environ | {"SIGNERS_HOME": str(_packages())}
    done = subprocess.run(
        ["node", HERE / "signers.mjs"], input=json.dumps(asked), capture_output=True, text=True, env=environment
    )
    assert done.returncode == 0, done.stderr
    signed = json.loads(done.stdout)
    return call.replace(url=signed["url"], headers=signed["headers"])


@functools.cache
def _packages():
    """Where the pinned packages are installed; done once for each change of package.json."""
    home = ROOT / "target/signers"
    wanted = (HERE / "package.json").read_text()
    stamp = home / "node_modules/.installed"
    if not stamp.exists() or stamp.read_text() != wanted:
        home.mkdir(parents=True, exist_ok=True)
        (home / "package.json").write_text(wanted)
        install = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]
        subprocess.run(install, cwd=home, check=True)
        stamp.write_text(wanted)
    return home


def _text(value):
    return value.decode() if isinstance(value, bytes) else str(value)
