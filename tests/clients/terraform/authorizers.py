"""A method behind an authorizer, whose answers are kept for a time that changes."""


def variables(world):
    return [{"seconds": 60}, {"seconds": 0}]


def first(world, made):
    assert kept(world, made) == 60
    assert world.installation.invoke(made["api"], "/prod").status == 401


def second(world, made):
    assert kept(world, made) == 0


def gone(world, made):
    assert made["api"] not in [one["id"] for one in world.client("apigateway").get_rest_apis(limit=500)["items"]]


def kept(world, made):
    judge = {"restApiId": made["api"], "authorizerId": made["judge"]}
    return world.client("apigateway").get_authorizer(**judge)["authorizerResultTtlInSeconds"]
