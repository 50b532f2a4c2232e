"""Roles, and an OpenID Connect provider that comes to serve another audience."""


def variables(world):
    same = {"issuer": "builds.example.com/realm"}
    return [
        same | {"description": "first", "audiences": ["app"]},
        same | {"description": "second", "audiences": ["app", "other"]},
    ]


def first(world, made):
    iam = world.client("iam")
    assert iam.get_role(RoleName=made["deploy"])["Role"]["MaxSessionDuration"] == 7200
    assert iam.get_open_id_connect_provider(OpenIDConnectProviderArn=made["provider"])["ClientIDList"] == ["app"]


def second(world, made):
    iam = world.client("iam")
    assert iam.get_role(RoleName=made["deploy"])["Role"]["Description"] == "second"
    assert iam.get_open_id_connect_provider(OpenIDConnectProviderArn=made["provider"])["ClientIDList"] == ["app", "other"]


def gone(world, made):
    iam = world.client("iam")
    assert not [role for role in iam.list_roles()["Roles"] if role["RoleName"].startswith("terraform-")]
    assert made["provider"] not in [one["Arn"] for one in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]]
