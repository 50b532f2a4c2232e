"""Terraform makes a key, a usage plan and method settings: a plan without a change afterwards, a change, and nothing left."""

import json

CONFIGURATION = "metering.tf"


def test_apply_plan_change_and_destroy(terraform, installation, apigateway):
    first = {"limit": "3", "stage_rate": "1000"}
    terraform("apply", "-auto-approve", **first)
    made = {name: output["value"] for name, output in json.loads(terraform("output", "-json")).items()}
    call = lambda **headers: installation.invoke(made["api"], "/prod/pets", headers=headers).status
    terraform("plan", "-detailed-exitcode", **first)
    key = {"x-api-key": made["key"]}
    assert [call(), call(**{"x-api-key": "nonsense"})] == [403, 403]
    assert [call(**key) for _ in range(4)] == [200, 200, 200, 429]

    second = {"limit": "5", "stage_rate": "0.5"}
    terraform("plan", "-detailed-exitcode", expected=2, **second)
    terraform("apply", "-auto-approve", **second)
    terraform("plan", "-detailed-exitcode", **second)
    assert [call(**key) for _ in range(3)] == [200, 200, 429]
    settings = apigateway.get_stage(restApiId=made["api"], stageName="prod")["methodSettings"]["*/*"]
    assert (settings["throttlingRateLimit"], settings["throttlingBurstLimit"]) == (0.5, 20)

    terraform("destroy", "-auto-approve", **second)
    assert made["plan"] not in {plan["id"] for plan in apigateway.get_usage_plans(limit=500)["items"]}
    assert call(**key) == 403
