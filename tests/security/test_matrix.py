"""The readable matrix of who is answered what: every operation of every service, served or refused, in every want of authority.

`tests/golden/authorization.txt` is the matrix; PORTCULLIS_UPDATE_GOLDEN=1 writes it anew, and a review reads what changed.
"""

import json
import os
import pathlib

import pytest

from botocore.awsrequest import AWSRequest
from security import attacks
from security.test_every_operation import code, send
from support import binary, models

GOLDEN = pathlib.Path(__file__).parents[1] / "golden" / "authorization.txt"
HEADS = ["unsigned", "wrong signature", "expired", "without permission", "of another account"]
OURS_TARGET = "Portcullis_20261101"
# The least inputs of our own operations that have required members.
OURS = {
    "ExplainRequest": {"RequestId": "00000000-0000-4000-8000-000000000000"},
    "SuggestExclusion": {"RequestId": "00000000-0000-4000-8000-000000000000"},
    "TestWebAcl": {"WebAcl": "shop", "Requests": []},
    "SimulateRequest": {"HttpMethod": "GET", "Url": "https://a1b2c3d4e5.execute-api.us-east-1.localhost/prod"},
}


@pytest.fixture(scope="module")
def callers(installation):
    """A user without any policy, and the root user of another account."""
    iam = installation.client("iam")
    iam.create_user(UserName="matrix-nobody")
    nobody = iam.create_access_key(UserName="matrix-nobody")["AccessKey"]
    made = binary.run("account", "create", "--data-dir", str(installation.home))
    other = json.loads(made)
    return {
        "nobody": {"key": nobody["AccessKeyId"], "secret": nobody["SecretAccessKey"]},
        "other": {"key": other["accessKeyId"], "secret": other["secretAccessKey"]},
    }


def rows():
    for service, table in sorted(binary.shapes().items()):
        for name in sorted({*table["operations"], *table["refused"]}):
            yield service, name


def request(installation, service, name):
    """The least request of an operation; our own service has no model of AWS's and takes JSON by target."""
    if service != models.OWN:
        operation = models.service(service).operation_model(name)
        return attacks.prepare(installation, models.request(operation)), operation.service_model.metadata["protocol"]
    headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": f"{OURS_TARGET}.{name}"}
    return AWSRequest("POST", f"{installation.admin}/", headers=headers, data=json.dumps(OURS.get(name, {})).encode()), "json"


def cells(installation, service, name, callers):
    for how in [
        attacks.unsigned,
        attacks.wrong_secret,
        attacks.expired,
        lambda *call: attacks.sign(*call, **callers["nobody"]),
        lambda *call: attacks.sign(*call, **callers["other"]),
    ]:
        asked, protocol = request(installation, service, name)
        how(asked, installation, service)
        yield code(send(asked), protocol) or "answered"


def test_the_matrix_is_the_one_that_was_reviewed(installation, callers):
    table = [[f"{service} {name}", *cells(installation, service, name, callers)] for service, name in rows()]
    # Whoever proves nobody, and whoever may nothing, gets nothing; the few that AWS answers to all are named here.
    to_everybody = {"sts GetCallerIdentity", "sts GetSessionToken"}
    for row in table:
        assert all(cell != "answered" for cell in row[1:4]), row
        assert row[4] != "answered" or row[0] in to_everybody, row
    widths = [max(len(row[at]) for row in [["operation", *HEADS], *table]) for at in range(len(HEADS) + 1)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in [["operation", *HEADS], *table]]
    text = "\n".join(lines) + "\n"
    if os.environ.get("PORTCULLIS_UPDATE_GOLDEN"):
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_text(text)
    assert text.splitlines() == GOLDEN.read_text().splitlines()
