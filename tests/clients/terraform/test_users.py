"""Terraform makes users, keys and groups, finds nothing to change, renames them all, and takes them away."""

import json

CONFIGURATION = "users.tf"


def test_users_keys_and_groups(terraform, installation):
    iam = installation.client("iam")
    first, second = {"name": "terraform-first"}, {"name": "terraform-second"}
    terraform("apply", "-auto-approve", **first)
    terraform("plan", "-detailed-exitcode", **first)
    assert {group["GroupName"] for group in iam.list_groups_for_user(UserName="terraform-first")["Groups"]} == {
        "terraform-first-one",
        "terraform-two",
    }
    terraform("apply", "-auto-approve", **second)
    terraform("plan", "-detailed-exitcode", **second)
    key = json.loads(terraform("output", "-json"))["key"]["value"]
    assert iam.get_access_key_last_used(AccessKeyId=key)["UserName"] == "terraform-second"
    assert iam.list_account_aliases()["AccountAliases"] == ["terraform-second"]
    terraform("destroy", "-auto-approve", **second)
    left = {user["UserName"] for user in iam.list_users(PathPrefix="/terraform/")["Users"]}
    assert not left & {"terraform-first", "terraform-second"}
