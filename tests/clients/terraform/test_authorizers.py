"""Terraform puts a method behind an authorizer, finds nothing to change, changes it, and takes it away."""

import json

CONFIGURATION = "authorizers.tf"


def test_authorizers(terraform, installation):
    gateway = installation.client("apigateway")
    first = {"seconds": "60"}
    terraform("apply", "-auto-approve", **first)
    terraform("plan", "-detailed-exitcode", **first)
    made = json.loads(terraform("output", "-json"))
    api = made["api"]["value"]
    judge = {"restApiId": api, "authorizerId": made["judge"]["value"]}
    assert gateway.get_authorizer(**judge)["authorizerResultTtlInSeconds"] == 60
    assert installation.invoke(api, "/prod").status == 401

    second = {"seconds": "0"}
    terraform("apply", "-auto-approve", **second)
    terraform("plan", "-detailed-exitcode", **second)
    assert gateway.get_authorizer(**judge)["authorizerResultTtlInSeconds"] == 0

    terraform("destroy", "-auto-approve", **second)
    assert api not in [one["id"] for one in gateway.get_rest_apis()["items"]]
