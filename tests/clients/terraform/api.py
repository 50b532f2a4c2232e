"""A REST API with everything on the way to its stage: its integrations, its description and who may call it change."""

import json


def variables(world):
    second = {"upstream": world.upstream.address, "description": "second", "caller": "127.0.0.1/32"}
    return [
        {"upstream": "127.0.0.1:9", "description": "first", "caller": "127.0.0.0/8"},
        second,
        second | {"caller": "192.0.2.0/24"},
    ]


def first(world, made):
    mock = world.installation.invoke(made["api"], "/prod/pets")
    assert (json.loads(mock.data), mock.headers["X-Kind"]) == ({"status": "ok"}, "mock")
    unsigned = world.installation.invoke(made["api"], "/prod/pets", "POST")
    assert (unsigned.status, json.loads(unsigned.data)["message"]) == (403, "Missing Authentication Token")


def second(world, made):
    assert world.client("apigateway").get_rest_api(restApiId=made["api"])["description"] == "second"
    assert json.loads(world.installation.invoke(made["api"], "/prod/pets/4").data)["path"] == "/pets/4"


def third(world, made):
    assert world.installation.invoke(made["api"], "/prod/pets").status == 403, "the policy names other callers now"


def gone(world, made):
    assert made["api"] not in {left["id"] for left in world.client("apigateway").get_rest_apis(limit=500)["items"]}
    assert world.installation.invoke(made["api"], "/prod/pets").status == 403
