"""Every operation, called without authority in every way: AWS's answer, and no effect.

The rows are made of the binary's own table and the model's least input, so that no operation can be without one.
"""

import json
import re

import pytest
import urllib3

from security import attacks
from support import binary, models

SERVICES = {name: table for name, table in binary.shapes().items() if name != models.OWN}
ROWS = [(service, name) for service, table in SERVICES.items() for name in table["operations"]]


@pytest.mark.parametrize("attack", attacks.ATTACKS, ids=lambda attack: attack.__name__)
@pytest.mark.parametrize("service, name", ROWS)
def test_no_operation_answers_without_authority(installation, service, name, attack):
    operation = models.service(service).operation_model(name)
    request = attacks.prepare(installation, models.request(operation))
    attack(request, installation, service)
    answer = send(request)
    protocol = operation.service_model.metadata["protocol"]
    codes, status = attacks.expected(attack, protocol)
    if attack is attacks.unsigned and operation.auth_type == "none":
        # It takes no signature, and proves its caller by a token: the least input holds none.
        codes, status = {"ValidationError", "InvalidIdentityToken"}, 400
    assert code(answer, protocol) in codes, (answer.status, answer.data)
    # A scope that AWS knows for the operation's service is refused like any wrong signature.
    assert answer.status in {status, attacks.STATUS[protocol]}, answer.data
    assert installation.key[1].encode() not in answer.data


@pytest.mark.parametrize("service, name", ROWS)
def test_every_row_is_a_real_call(installation, service, name):
    """Signed as it should be, the same request passes the doors that the attacks do not."""
    operation = models.service(service).operation_model(name)
    request = attacks.prepare(installation, models.request(operation))
    attacks.sign(request, installation, service)
    answer = send(request)
    forbidden = {attacks.MISSING, attacks.INVALID, attacks.UNKNOWN, attacks.INCOMPLETE}
    answered = code(answer, operation.service_model.metadata["protocol"])
    assert answered.removesuffix("Exception") not in forbidden, answer.data
    assert answer.status < 500, answer.data


def test_nothing_was_made(installation):
    """The attacks have left no trace but their records; what real calls made is named by the least input."""
    client = installation.client("apigateway")
    names = {api["name"] for page in client.get_paginator("get_rest_apis").paginate() for api in page["items"]}
    assert names <= {"a"}, names


def test_strangers_cannot_fill_the_trail(installation):
    """Of calls that fail authentication only the first ten of an address and minute are recorded."""
    operation = models.service("sts").operation_model("GetCallerIdentity")
    for _ in range(30):
        send(attacks.prepare(installation, models.request(operation)))
    pages = installation.client("cloudtrail").get_paginator("lookup_events").paginate()
    events = [json.loads(event["CloudTrailEvent"]) for page in pages for event in page["Events"]]
    codes = {code for attack in attacks.ATTACKS for code in attacks.expected(attack, "rest-json")[0]}
    codes |= {code for attack in attacks.ATTACKS for code in attacks.expected(attack, "query")[0]}
    minutes = [event["eventTime"][:16] for event in events if event.get("errorCode") in codes]
    assert minutes and all(minutes.count(minute) <= 10 for minute in set(minutes)), minutes


def send(request):
    prepared = request.prepare()
    with urllib3.PoolManager() as pool:
        return pool.request(
            prepared.method, prepared.url, headers=dict(prepared.headers), body=prepared.body, retries=False
        )


def code(answer, protocol):
    """The error's code; empty for a success."""
    if answer.status < 300:
        return ""
    if answer.status == 404 and not answer.data.startswith(b"<"):
        protocol = "rest-json"
    if protocol == "query":
        found = re.search(rb"<Code>([^<]*)</Code>", answer.data)
        return found.group(1).decode() if found else ""
    if protocol == "json":
        return json.loads(answer.data)["__type"].rpartition("#")[2]
    return answer.headers.get("x-amzn-errortype", "").partition(":")[0]
