"""Terraform with the AWS provider: apply, a plan without a change, a change, and a destruction that leaves nothing."""

import json

CONFIGURATION = "main.tf"


def test_apply_plan_change_and_destroy(terraform, installation, apigateway, upstream):
    first = {"upstream": "127.0.0.1:9", "description": "first", "caller": "127.0.0.0/8"}
    terraform("apply", "-auto-approve", **first)
    api = json.loads(terraform("output", "-json"))["api"]["value"]
    terraform("plan", "-detailed-exitcode", **first)
    mock = installation.invoke(api, "/prod/pets")
    assert (json.loads(mock.data), mock.headers["X-Kind"]) == ({"status": "ok"}, "mock")
    unsigned = installation.invoke(api, "/prod/pets", "POST")
    assert (unsigned.status, json.loads(unsigned.data)["message"]) == (403, "Missing Authentication Token")

    second = {"upstream": upstream.address, "description": "second", "caller": "127.0.0.1/32"}
    terraform("plan", "-detailed-exitcode", expected=2, **second)
    terraform("apply", "-auto-approve", **second)
    terraform("plan", "-detailed-exitcode", **second)
    assert apigateway.get_rest_api(restApiId=api)["description"] == "second"
    assert json.loads(installation.invoke(api, "/prod/pets/4").data)["path"] == "/pets/4"

    third = {**second, "caller": "192.0.2.0/24"}
    terraform("apply", "-auto-approve", **third)
    terraform("plan", "-detailed-exitcode", **third)
    assert installation.invoke(api, "/prod/pets").status == 403, "the policy names other callers now"

    terraform("destroy", "-auto-approve", **third)
    assert api not in {left["id"] for left in apigateway.get_rest_apis(limit=500)["items"]}
    assert installation.invoke(api, "/prod/pets").status == 403
