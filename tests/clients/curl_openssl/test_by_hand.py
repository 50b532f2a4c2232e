"""curl signs with its own SigV4, and openssl checks the certificate: two clients that know nothing of AWS's SDKs."""

import json
import os
import subprocess

import pytest

from support.binary import ROOT


@pytest.fixture
def curl(installation):
    """Calls the AWS API with curl's own signer."""

    def call(method, path, *options, ok=True):
        command = ["curl", "--silent", "--show-error", "--request", method, "--user", ":".join(installation.key)]
        command += ["--aws-sigv4", f"aws:amz:{installation.region}:apigateway"]
        command += ["--header", "Content-Type: application/json", "--write-out", "\n%{http_code}"]
        done = subprocess.run([*command, *options, installation.admin + path], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        body, _, status = done.stdout.rpartition("\n")
        assert (200 <= int(status) < 300) == ok, (status, body)
        return json.loads(body or "null")

    return call


def test_curl_makes_and_calls_an_api(curl, installation, upstream):
    api = curl("POST", "/restapis?mode=import", "--data-binary", f"@{ROOT}/examples/pets/openapi.yaml")["id"]
    deployment = json.dumps({"stageName": "prod", "variables": {"upstream": upstream.address}})
    curl("POST", f"/restapis/{api}/deployments", "--data", deployment)
    host, port = installation.host(api), installation.gateway.port
    for version in ("--http1.1", "--http2"):
        call = ["curl", "--silent", "--show-error", version, "--cacert", installation.ca]
        call += ["--resolve", f"{host}:{port}:{installation.gateway.host}", f"https://{host}:{port}/prod/pets/5"]
        done = subprocess.run(call, capture_output=True, text=True)
        assert done.returncode == 0 and json.loads(done.stdout)["path"] == "/pets/5", done
    change = json.dumps({"patchOperations": [{"op": "replace", "path": "/name", "value": "by hand"}]})
    assert curl("PATCH", f"/restapis/{api}", "--data", change)["name"] == "by hand"
    curl("DELETE", f"/restapis/{api}")
    curl("GET", f"/restapis/{api}", ok=False)


def test_openssl_verifies_the_chain_and_the_name(installation, tmp_path):
    host = installation.host("abcdef1234")
    address = f"{installation.gateway.host}:{installation.gateway.port}"
    shake = ["openssl", "s_client", "-connect", address, "-servername", host, "-showcerts", "-CAfile", installation.ca]
    done = subprocess.run([*shake, "-verify_hostname", host], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert "Verify return code: 0 (ok)" in done.stdout, done.stdout
    leaf = tmp_path / "leaf.pem"
    leaf.write_text(done.stdout)
    read = ["openssl", "x509", "-in", leaf, "-noout", "-ext", "subjectAltName,basicConstraints,extendedKeyUsage"]
    shown = subprocess.run(read, capture_output=True, text=True).stdout
    assert f"DNS:*.execute-api.{installation.region}.{installation.endpoints['zone']}" in shown, shown
    assert "TLS Web Server Authentication" in shown and "CA:TRUE" not in shown, shown


def test_keys_are_for_their_owner_only(installation):
    for file in installation.home.rglob("*"):
        if file.is_file() and file.name != "node.log":
            private = "key" in file.name or "PRIVATE KEY" in file.read_bytes().decode(errors="replace")
            assert not private or not os.stat(file).st_mode & 0o077, file
