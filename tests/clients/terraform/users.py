"""Users, keys, groups and an account's alias, all of which are renamed."""


def variables(world):
    return [{"name": "terraform-first"}, {"name": "terraform-second"}]


def first(world, made):
    groups = world.client("iam").list_groups_for_user(UserName="terraform-first")["Groups"]
    assert {group["GroupName"] for group in groups} == {"terraform-first-one", "terraform-two"}


def second(world, made):
    iam = world.client("iam")
    assert iam.get_access_key_last_used(AccessKeyId=made["key"])["UserName"] == "terraform-second"
    assert iam.list_account_aliases()["AccountAliases"] == ["terraform-second"]


def gone(world, made):
    left = {user["UserName"] for user in world.client("iam").list_users(PathPrefix="/terraform/")["Users"]}
    assert not left & {"terraform-first", "terraform-second"}
