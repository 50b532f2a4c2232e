"""The AWS CLI makes a web ACL, weighs rules, puts it before a stage and pages through lists."""

import json
import os
import pathlib
import subprocess
import sys

import pytest

from clients.signing.test_signed_apis import Api

AWS = pathlib.Path(sys.executable).with_name("aws")
REGIONAL = ["--scope", "REGIONAL"]
VISIBILITY = ["--visibility-config", "SampledRequestsEnabled=true,CloudWatchMetricsEnabled=true,MetricName=cli"]
RULES = [
    {
        "Name": "sqli", "Priority": 0, "Action": {"Block": {}},
        "Statement": {
            "SqliMatchStatement": {
                "FieldToMatch": {"AllQueryArguments": {}},
                "TextTransformations": [{"Priority": 0, "Type": "URL_DECODE"}],
                "SensitivityLevel": "HIGH",
            }
        },
        "VisibilityConfig": {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "sqli"},
    }
]


@pytest.fixture
def aws(installation):
    def run(*words, refused=None):
        environment = os.environ | installation.environment()
        done = subprocess.run([AWS, "wafv2", *words, "--output", "json"], env=environment, capture_output=True, text=True)
        assert (done.returncode != 0) == bool(refused), done.stderr
        assert (refused or "") in done.stderr, done.stderr
        return json.loads(done.stdout or "null")

    return run


def test_a_web_acl_protects_a_stage(installation, aws):
    rules = ["--rules", json.dumps(RULES)]
    # SQL injection at high sensitivity, in all arguments, decoded once.
    assert aws("check-capacity", *REGIONAL, *rules) == {"Capacity": 50}
    made = aws("create-web-acl", "--name", "cli", *REGIONAL, "--default-action", "Allow={}", *VISIBILITY, *rules)["Summary"]
    name = ["--name", "cli", *REGIONAL, "--id", made["Id"]]
    got = aws("get-web-acl", *name)
    assert (got["WebACL"]["Rules"], got["WebACL"]["Capacity"]) == (RULES, 50)
    stage = f"arn:aws:apigateway:{installation.region}::/restapis/{Api(installation).id}/stages/prod"
    aws("associate-web-acl", "--web-acl-arn", made["ARN"], "--resource-arn", stage)
    assert aws("get-web-acl-for-resource", "--resource-arn", stage)["WebACL"]["Id"] == made["Id"]
    lock = ["--lock-token", made["LockToken"]]
    aws("delete-web-acl", *name, *lock, refused="WAFAssociatedItemException")
    aws("disassociate-web-acl", "--resource-arn", stage)
    aws("delete-web-acl", *name, "--lock-token", made["Id"], refused="WAFOptimisticLockException")
    aws("delete-web-acl", *name, *lock)
    aws("get-web-acl", *name, refused="WAFNonexistentItemException")


def test_lists_come_in_pages(aws):
    sets = ["--ip-address-version", "IPV4", "--addresses", "192.0.2.0/24"]
    names = [f"cli-{at}" for at in range(3)]
    made = {name: aws("create-ip-set", "--name", name, *REGIONAL, *sets)["Summary"] for name in names}
    found, marker = [], []
    while True:
        page = aws("list-ip-sets", *REGIONAL, "--limit", "2", *marker)
        found += [one["Name"] for one in page["IPSets"]]
        if "NextMarker" not in page:
            break
        marker = ["--next-marker", page["NextMarker"]]
    assert [name for name in found if name in made] == names
    for name, one in made.items():
        aws("delete-ip-set", "--name", name, *REGIONAL, "--id", one["Id"], "--lock-token", one["LockToken"])


def test_a_set_of_another_version_is_refused_in_awss_words(aws):
    addresses = ["--ip-address-version", "IPV6", "--addresses", "192.0.2.0/24"]
    aws("create-ip-set", "--name", "six", *REGIONAL, *addresses, refused="WAFInvalidParameterException")
