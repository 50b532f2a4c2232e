"""Terraform makes roles and an OpenID Connect provider, finds nothing to change, changes them, and takes them away."""

import json

import botocore.config
from botocore import UNSIGNED

CONFIGURATION = "roles.tf"


def test_roles_and_a_provider(terraform, installation, issuer):
    iam = installation.client("iam")
    first = {"issuer": issuer.name, "description": "first", "audiences": '["app"]'}
    terraform("apply", "-auto-approve", **first)
    terraform("plan", "-detailed-exitcode", **first)
    made = json.loads(terraform("output", "-json"))
    assert iam.get_role(RoleName=made["deploy"]["value"])["Role"]["MaxSessionDuration"] == 7200
    stranger = installation.client("sts", config=botocore.config.Config(signature_version=UNSIGNED))
    ask = {"RoleArn": made["build"]["value"], "RoleSessionName": "build"}
    assert stranger.assume_role_with_web_identity(WebIdentityToken=issuer.token(), **ask)["Audience"] == "app"

    second = first | {"description": "second", "audiences": '["app", "other"]'}
    terraform("apply", "-auto-approve", **second)
    terraform("plan", "-detailed-exitcode", **second)
    assert iam.get_role(RoleName=made["deploy"]["value"])["Role"]["Description"] == "second"
    token = issuer.token(aud="other")
    assert stranger.assume_role_with_web_identity(WebIdentityToken=token, **ask)["Audience"] == "other"

    terraform("destroy", "-auto-approve", **second)
    assert not [role for role in iam.list_roles()["Roles"] if role["RoleName"].startswith("terraform-")]
    assert iam.list_open_id_connect_providers()["OpenIDConnectProviderList"] == []
