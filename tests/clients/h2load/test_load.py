"""h2load drives many requests at once over few HTTP/2 connections: none fails."""

import re
import subprocess

import pytest

from support.binary import ROOT

REQUESTS = 2000


@pytest.fixture
def api(apigateway, upstream):
    api = apigateway.import_rest_api(body=(ROOT / "examples/pets/openapi.yaml").read_bytes())["id"]
    apigateway.create_deployment(restApiId=api, stageName="prod", variables={"upstream": upstream.address})
    yield api
    apigateway.delete_rest_api(restApiId=api)


@pytest.mark.parametrize("protocol", ["h2", "http/1.1"])
def test_no_request_of_many_fails(installation, api, protocol):
    host, port = installation.host(api), installation.gateway.port
    command = ["h2load", "--requests", str(REQUESTS), "--clients", "4", "--max-concurrent-streams", "32"]
    command += [f"--npn-list={protocol}", f"--connect-to={installation.gateway.host}:{port}"]
    done = subprocess.run([*command, f"https://{host}:{port}/prod/health"], capture_output=True, text=True)
    assert f"{REQUESTS} succeeded, 0 failed, 0 errored, 0 timeout" in done.stdout, done.stdout + done.stderr
    assert re.search(rf"status codes: {REQUESTS} 2xx", done.stdout), done.stdout
