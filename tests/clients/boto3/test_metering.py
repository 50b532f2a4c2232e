"""boto3 makes keys and usage plans, and the gateway meters by them: keys, throttles, quotas, and what is told of usage."""

import concurrent.futures
import datetime
import json
import signal
import subprocess

import pytest
import urllib3

from support import binary
from support.installation import Installation

FORBIDDEN = (403, "Forbidden", "ForbiddenException")
TOO_MANY = (429, "Too Many Requests", "TooManyRequestsException")
EXCEEDED = (429, "Limit Exceeded", "LimitExceededException")


class Api:
    """A deployed API whose `/` asks for an API key."""

    def __init__(self, installation, **more):
        self.installation, self.client = installation, installation.client("apigateway")
        api = self.client.create_rest_api(name="metered", **more)
        self.id, self.place = api["id"], {"restApiId": api["id"], "resourceId": api["rootResourceId"], "httpMethod": "GET"}
        self.client.put_method(**self.place, authorizationType="NONE", apiKeyRequired=True)
        self.client.put_method_response(**self.place, statusCode="200")
        self.client.put_integration(**self.place, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
        self.client.put_integration_response(**self.place, statusCode="200")
        self.deploy()

    def deploy(self):
        self.client.create_deployment(restApiId=self.id, stageName="prod")

    def plan(self, **more):
        """A plan of the stage, and a key of the plan: both ids, and the key's value."""
        stages = [{"apiId": self.id, "stage": "prod"}]
        plan = self.client.create_usage_plan(name="plan", apiStages=stages, **more)["id"]
        key = self.client.create_api_key(name="key", enabled=True)
        self.client.create_usage_plan_key(usagePlanId=plan, keyId=key["id"], keyType="API_KEY")
        return plan, key["id"], key["value"]

    def call(self, key=None):
        return self.installation.invoke(self.id, "/prod", headers={"x-api-key": key} if key else {})

    def told(self, key=None):
        answer = self.call(key)
        if answer.status == 200:
            return 200
        return answer.status, json.loads(answer.data)["message"], answer.headers["x-amzn-errortype"]


@pytest.fixture(scope="module")
def api(installation):
    return Api(installation)


def patch(*operations):
    return [dict(zip(("op", "path", "value"), operation)) for operation in operations]


def today():
    return datetime.datetime.now(datetime.timezone.utc).date().isoformat()


def usage(api, plan, key):
    found = api.client.get_usage(usagePlanId=plan, keyId=key, startDate=today(), endDate=today())
    return found["items"][key][-1]


def test_a_key_opens_what_its_plans_have_and_nothing_else(api):
    plan, key, value = api.plan()
    assert api.told() == api.told("nonsense") == api.told(value[:-1]) == FORBIDDEN
    assert api.told(value) == 200
    for operations, expected in [
        (patch(("replace", "/enabled", "false")), FORBIDDEN),
        (patch(("replace", "/enabled", "true")), 200),
    ]:
        api.client.update_api_key(apiKey=key, patchOperations=operations)
        assert api.told(value) == expected
    stage = f"{api.id}:prod"
    api.client.update_usage_plan(usagePlanId=plan, patchOperations=patch(("remove", "/apiStages", stage)))
    assert api.told(value) == FORBIDDEN
    api.client.update_usage_plan(usagePlanId=plan, patchOperations=patch(("add", "/apiStages", stage)))
    assert api.told(value) == 200
    api.client.delete_usage_plan_key(usagePlanId=plan, keyId=key)
    assert api.told(value) == FORBIDDEN
    api.client.create_usage_plan_key(usagePlanId=plan, keyId=key, keyType="API_KEY")
    assert api.told(value) == 200
    api.client.delete_api_key(apiKey=key)
    assert api.told(value) == FORBIDDEN


def test_a_method_without_a_key_takes_no_notice_of_one(api):
    plan, key, value = api.plan(throttle={"rateLimit": 0, "burstLimit": 0})
    assert api.told(value) == TOO_MANY
    required = lambda text: api.client.update_method(**api.place, patchOperations=patch(("replace", "/apiKeyRequired", text)))
    required("false")
    api.deploy()
    assert [api.told(), api.told(value), api.told("nonsense")] == [200] * 3
    required("true")
    api.deploy()
    assert api.told() == FORBIDDEN


def test_keys_that_come_from_an_authorizer_come_from_nowhere_else(api):
    plan, key, value = api.plan()
    assert api.told(value) == 200
    for source, expected in [("AUTHORIZER", FORBIDDEN), ("HEADER", 200)]:
        changed = api.client.update_rest_api(restApiId=api.id, patchOperations=patch(("replace", "/apiKeySource", source)))
        assert changed["apiKeySource"] == source
        api.deploy()
        assert api.told(value) == expected


def test_a_plan_throttles_each_key(api):
    plan, key, value = api.plan(throttle={"rateLimit": 0.01, "burstLimit": 2})
    _, _, other = api.plan()
    assert [api.told(value) for _ in range(3)] == [200, 200, TOO_MANY]
    assert api.call(value).headers.get("retry-after") is None
    assert api.told(other) == 200
    api.client.update_usage_plan(usagePlanId=plan, patchOperations=patch(("remove", "/throttle", "")))
    assert api.told(value) == 200
    path = f"/apiStages/{api.id}:prod/throttle//GET"
    limits = patch(("replace", f"{path}/rateLimit", "0.01"), ("replace", f"{path}/burstLimit", "1"))
    api.client.update_usage_plan(usagePlanId=plan, patchOperations=limits)
    assert [api.told(value) for _ in range(2)] == [200, TOO_MANY]


def test_a_stage_throttles_all_callers_and_methods(installation):
    api = Api(installation)
    _, _, value = api.plan()
    place = {"restApiId": api.id, "stageName": "prod"}
    for setting in ["/*/*", "/~1/GET"]:
        limits = patch(
            ("replace", f"{setting}/throttling/rateLimit", "0.01"), ("replace", f"{setting}/throttling/burstLimit", "2")
        )
        stage = api.client.update_stage(**place, patchOperations=limits)
        shown = stage["methodSettings"][setting[1:]]
        assert (shown["throttlingRateLimit"], shown["throttlingBurstLimit"]) == (0.01, 2)
        assert [api.told(value) for _ in range(3)] == [200, 200, TOO_MANY], setting
        off = patch(*(("replace", f"{setting}/throttling/{what}Limit", "-1") for what in ("rate", "burst")))
        api.client.update_stage(**place, patchOperations=off)
        assert [api.told(value) for _ in range(3)] == [200] * 3
    account = api.client.get_account()["throttleSettings"]
    assert account == {"rateLimit": 10000.0, "burstLimit": 5000}


def test_a_quota_is_spent_told_and_extended(api):
    plan, key, value = api.plan(quota={"limit": 4, "period": "MONTH"})
    assert usage(api, plan, key) == [0, 4]
    assert [api.told(value) for _ in range(5)] == [200] * 4 + [EXCEEDED]
    assert usage(api, plan, key) == [4, 0]
    extended = api.client.update_usage(usagePlanId=plan, keyId=key, patchOperations=patch(("replace", "/remaining", "2")))
    assert extended["items"][key] == [[4, 2]]
    assert [api.told(value) for _ in range(3)] == [200] * 2 + [EXCEEDED]
    assert usage(api, plan, key) == [6, 0]
    api.client.update_usage_plan(usagePlanId=plan, patchOperations=patch(("replace", "/quota/limit", "5")))
    assert [api.told(value) for _ in range(2)] == [200, EXCEEDED]


def test_many_callers_of_one_key_never_get_more_than_its_quota(api):
    plan, key, value = api.plan(quota={"limit": 150, "period": "WEEK"})
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(lambda _: api.call(value).status, range(220)))
    assert (statuses.count(200), statuses.count(429)) == (150, 70)
    assert usage(api, plan, key) == [150, 0]


def test_values_are_shown_to_whom_asks_and_never_recorded(api, installation):
    plan, key, value = api.plan()
    client = api.client
    assert "value" not in client.get_api_key(apiKey=key)
    assert client.get_api_key(apiKey=key, includeValue=True)["value"] == value
    assert client.get_usage_plan_key(usagePlanId=plan, keyId=key)["value"] == value
    made = client.import_api_keys(
        body=b"Name,key,description,Enabled,usageplanIds\nimported,csv-key-csv-key-csv-key,,TRUE,\"%s\"\nbad,short,,TRUE,\n" % plan.encode(),
        format="csv",
    )
    assert (len(made["ids"]), made["warnings"]) == (1, ["Line 3: API Key value should be at least 20 characters"])
    assert api.told("csv-key-csv-key-csv-key") == 200
    with pytest.raises(client.exceptions.ConflictException):
        client.create_api_key(value="csv-key-csv-key-csv-key")
    pages = installation.client("cloudtrail").get_paginator("lookup_events").paginate()
    records = [event["CloudTrailEvent"] for page in pages for event in page["Events"]]
    assert any("ImportApiKeys" in record for record in records)
    assert not any(value in record or "csv-key-csv-key" in record for record in records)
    for file in [*installation.home.glob("*.db*"), *installation.home.glob("records/*")]:
        assert value.encode() not in file.read_bytes(), file.name


def test_coverage_shows_key_throttle_and_quota_of_a_method(installation):
    api = Api(installation)
    plan, _, _ = api.plan(throttle={"rateLimit": 7.5, "burstLimit": 3}, quota={"limit": 9, "period": "DAY"})
    api.client.update_stage(
        restApiId=api.id,
        stageName="prod",
        patchOperations=patch(("replace", "/*/*/throttling/rateLimit", "11"), ("replace", "/*/*/throttling/burstLimit", "12")),
    )
    told = binary.run("coverage", "--data-dir", str(installation.home))
    line = next(line for line in told.splitlines() if line.startswith(f"{api.id}/prod"))
    for words in [
        "API key from x-api-key, of 1 usage plan",
        "throttle 11 a second, 12 at once (the stage)",
        f"throttle 7.5 a second, 3 at once (each key of plan {plan})",
        f"quota 9 a DAY (each key of plan {plan})",
    ]:
        assert words in line, line
    assert "OPEN" not in line


def test_a_supposed_call_is_judged_with_its_key_and_costs_nothing(installation):
    api = Api(installation)
    plan, key, value = api.plan(quota={"limit": 2, "period": "DAY"})
    url = f"https://{installation.host(api.id)}:{installation.gateway.port}/prod"
    ask = lambda *more: binary.run("explain", "--data-dir", str(installation.home), "--from", "192.0.2.7", *more, "GET", url)
    for _ in range(3):
        assert "quota of 2 a DAY" in ask("--header", f"x-api-key: {value}")
    assert "the request brings none" in ask()
    assert usage(api, plan, key) == [0, 2]


def test_a_quota_survives_a_kill(installation):
    """Spend, kill without warning, spend again: never more than the quota, and no more lost than a hundredth of it."""
    # A node of its own, and a store of the same kind.
    with type(installation.store)() as store, Installation(store) as node:
        limit = 300
        api = Api(node)
        plan, key, value = api.plan(quota={"limit": limit, "period": "MONTH"})
        answered = 0
        for _ in range(3):
            answered += sum(api.call(value).status == 200 for _ in range(40))
            node.process.send_signal(signal.SIGKILL)
            node.process.wait()
            again(node)
            api.installation, api.client = node, node.client("apigateway")
        assert answered == 120
        used, left = usage(api, plan, key)
        assert 120 <= used <= 120 + 3 * (limit // 100) and used + left == limit
        rest = [api.call(value).status for _ in range(left + 20)]
        assert (rest.count(200), rest.count(429)) == (left, 20)


def again(node):
    """Starts the same node on its own directory once more."""
    (node.home / "endpoints.json").unlink(missing_ok=True)
    command = ["setpriv", "--pdeathsig", "KILL", "--", binary.path(), "serve", "--data-dir", node.home]
    command += ["--store", node.store.option, "--admin", "127.0.0.1:0", "--gateway", "127.0.0.1:0"]
    with open(node.home / "node.log", "ab") as log:
        node.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=node.home)
    node.endpoints = node.wait()
    node.admin, node.gateway = node.endpoints["admin"], urllib3.util.parse_url(node.endpoints["gateway"])
