"""A key, a usage plan and method settings: a quota that is spent, and then is a larger one."""


def variables(world):
    return [{"limit": 3, "stage_rate": 1000}, {"limit": 5, "stage_rate": 0.5}]


def first(world, made):
    assert [call(world, made), call(world, made, "nonsense")] == [403, 403]
    assert [call(world, made, made["key"]) for _ in range(4)] == [200, 200, 200, 429]


def second(world, made):
    assert [call(world, made, made["key"]) for _ in range(3)] == [200, 200, 429]
    settings = world.client("apigateway").get_stage(restApiId=made["api"], stageName="prod")["methodSettings"]["*/*"]
    assert (settings["throttlingRateLimit"], settings["throttlingBurstLimit"]) == (0.5, 20)


def gone(world, made):
    assert made["plan"] not in {plan["id"] for plan in world.client("apigateway").get_usage_plans(limit=500)["items"]}
    assert call(world, made, made["key"]) == 403


def call(world, made, key=None):
    return world.installation.invoke(made["api"], "/prod/pets", headers={"x-api-key": key} if key else {}).status
