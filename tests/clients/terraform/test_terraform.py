"""Terraform with the AWS provider: apply, a plan without a change, changes, and a destruction that leaves nothing.

Each configuration is a module with a file of what must be true of it beside it. They live side by side in one state: what
a command of Terraform costs is its provider's start of a walk, and not how much there is to walk through.
"""

import json
import types

import pytest

from clients.terraform import api, authorizers, functions, metering, policies, roles, users, wafv2
from clients.terraform.conftest import HERE

CONFIGURATIONS = {
    "api": api,
    "authorizers": authorizers,
    "functions": functions,
    "metering": metering,
    "policies": policies,
    "roles": roles,
    "users": users,
    "wafv2": wafv2,
}
STAGES = ["first", "second", "third"]


@pytest.fixture
def world(installation, upstream, tmp_path):
    """What the files of the configurations may use."""
    return types.SimpleNamespace(
        installation=installation, client=installation.client, upstream=upstream, package=tmp_path / "echo.zip"
    )


def test_every_configuration_is_tried():
    assert {file.stem for file in HERE.glob("*.tf")} == {"provider", *CONFIGURATIONS}


def test_apply_plan_change_and_destroy(terraform, world, subtests):
    given = {name: configuration.variables(world) for name, configuration in CONFIGURATIONS.items()}
    made = {}

    def look(stage):
        for name, configuration in CONFIGURATIONS.items():
            if check := getattr(configuration, stage, None):
                with subtests.test(configuration=name, stage=stage):
                    check(world, made[name])

    for at, stage in enumerate(STAGES):
        terraform.configure({name: stages[min(at, len(stages) - 1)] for name, stages in given.items()})
        planned = terraform.plan()
        expected = {name for name, stages in given.items() if at == 0 or at < len(stages)}
        assert planned == expected, "all that is told to change is planned, and nothing else"
        terraform.apply()
        terraform("plan", "-detailed-exitcode")
        made = {name: output["value"] for name, output in json.loads(terraform("output", "-json")).items()}
        look(stage)
    terraform("destroy", "-auto-approve")
    look("gone")
