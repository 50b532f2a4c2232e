"""Terraform makes roles and an OpenID Connect provider, finds nothing to change, changes them, and takes them away."""

import json

CONFIGURATION = "roles.tf"


def test_roles_and_a_provider(terraform, installation):
    iam = installation.client("iam")
    first = {"issuer": "builds.example.com/realm", "description": "first", "audiences": '["app"]'}
    terraform("apply", "-auto-approve", **first)
    terraform("plan", "-detailed-exitcode", **first)
    made = json.loads(terraform("output", "-json"))
    assert iam.get_role(RoleName=made["deploy"]["value"])["Role"]["MaxSessionDuration"] == 7200
    provider = {"OpenIDConnectProviderArn": made["provider"]["value"]}
    assert iam.get_open_id_connect_provider(**provider)["ClientIDList"] == ["app"]

    second = first | {"description": "second", "audiences": '["app", "other"]'}
    terraform("apply", "-auto-approve", **second)
    terraform("plan", "-detailed-exitcode", **second)
    assert iam.get_role(RoleName=made["deploy"]["value"])["Role"]["Description"] == "second"
    assert iam.get_open_id_connect_provider(**provider)["ClientIDList"] == ["app", "other"]

    terraform("destroy", "-auto-approve", **second)
    assert not [role for role in iam.list_roles()["Roles"] if role["RoleName"].startswith("terraform-")]
    assert provider not in [{"OpenIDConnectProviderArn": one["Arn"]} for one in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]]
