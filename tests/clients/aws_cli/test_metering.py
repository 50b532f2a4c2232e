"""The AWS CLI makes a key and a usage plan, imports keys, reads and extends usage, and takes everything away."""

import pytest

from clients.aws_cli.test_life_of_an_api import PETS, aws  # noqa: F401


@pytest.fixture
def api(aws):  # noqa: F811
    api = aws("apigateway", "import-rest-api", "--body", f"fileb://{PETS}")["id"]
    health = next(item for item in aws("apigateway", "get-resources", "--rest-api-id", api)["items"] if item["path"] == "/health")
    method = ["--rest-api-id", api, "--resource-id", health["id"], "--http-method", "GET"]
    aws("apigateway", "update-method", *method, "--patch-operations", "op=replace,path=/apiKeyRequired,value=true")
    aws("apigateway", "create-deployment", "--rest-api-id", api, "--stage-name", "prod", "--variables", "upstream=127.0.0.1:9")
    return api


def test_a_plan_lives_and_dies(aws, api, installation, tmp_path):  # noqa: F811
    call = lambda key: installation.invoke(api, "/prod/health", headers={"x-api-key": key}).status
    key = aws("apigateway", "create-api-key", "--name", "cli", "--enabled", "--tags", "team=pets")
    plan = aws(
        "apigateway", "create-usage-plan", "--name", "cli", "--api-stages", f"apiId={api},stage=prod",
        "--throttle", "burstLimit=50,rateLimit=100", "--quota", "limit=3,offset=0,period=DAY",
    )["id"]
    assert call(key["value"]) == 403
    of_plan = ["--usage-plan-id", plan]
    aws("apigateway", "create-usage-plan-key", *of_plan, "--key-id", key["id"], "--key-type", "API_KEY")
    assert [call(key["value"]) for _ in range(4)] == [200, 200, 200, 429]
    day = aws("apigateway", "get-usage-plan", *of_plan)["quota"]
    assert day == {"limit": 3, "offset": 0, "period": "DAY"}
    remaining = "op=replace,path=/remaining,value=1"
    extended = aws("apigateway", "update-usage", *of_plan, "--key-id", key["id"], "--patch-operations", remaining)
    assert extended["items"][key["id"]] == [[3, 1]]
    assert [call(key["value"]) for _ in range(2)] == [200, 429]

    csv = tmp_path / "keys.csv"
    csv.write_text(f"Name,key,Enabled,usageplanIds\nfrom csv,0123456789-from-csv-0123,TRUE,{plan}\n")
    aws("apigateway", "import-api-keys", "--body", f"fileb://{csv}", "--format", "csv", "--fail-on-warnings")
    assert call("0123456789-from-csv-0123") == 200
    assert len(aws("apigateway", "get-usage-plan-keys", *of_plan)["items"]) == 2
    again = ["import-api-keys", "--body", f"fileb://{csv}", "--format", "csv", "--fail-on-warnings"]
    assert "Line 2: API Key already exists" in aws("apigateway", *again, fails=True)

    assert "API Stages associated" in aws("apigateway", "delete-usage-plan", *of_plan, fails=True)
    leave = f"op=remove,path=/apiStages,value={api}:prod"
    aws("apigateway", "update-usage-plan", *of_plan, "--patch-operations", leave)
    aws("apigateway", "delete-usage-plan", *of_plan)
    aws("apigateway", "delete-api-key", "--api-key", key["id"])
    assert call(key["value"]) == 403
    names = [item["name"] for item in aws("apigateway", "get-api-keys", "--name-query", "from csv")["items"]]
    assert names == ["from csv"]
    aws("apigateway", "delete-rest-api", "--rest-api-id", api)
    assert plan not in [item["id"] for item in aws("apigateway", "get-usage-plans")["items"]]
