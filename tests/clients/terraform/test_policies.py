"""Terraform gives every kind of policy, finds nothing to change, changes them all, and takes them away."""

import json

CONFIGURATION = "policies.tf"


def test_policies_of_every_kind(terraform, installation):
    iam = installation.client("iam")
    first, second = {"action": "apigateway:GET"}, {"action": "apigateway:*"}
    terraform("apply", "-auto-approve", **first)
    terraform("plan", "-detailed-exitcode", **first)
    arn = json.loads(terraform("output", "-json"))["policy"]["value"]
    assert iam.get_policy(PolicyArn=arn)["Policy"]["AttachmentCount"] == 2

    terraform("apply", "-auto-approve", **second)
    terraform("plan", "-detailed-exitcode", **second)
    policy = iam.get_policy(PolicyArn=arn)["Policy"]
    version = iam.get_policy_version(PolicyArn=arn, VersionId=policy["DefaultVersionId"])["PolicyVersion"]
    assert version["Document"]["Statement"][0]["Action"] == "apigateway:*"

    terraform("destroy", "-auto-approve", **second)
    assert arn not in {left["Arn"] for left in iam.list_policies(Scope="Local")["Policies"]}
