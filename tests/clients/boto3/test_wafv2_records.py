"""What a web ACL leaves behind on a running node: its log, samples, counters, and the commands that show them, on both stores."""

import base64
import json
import subprocess
import time

import pytest

from clients.boto3.test_wafv2 import AS_IT_IS, REGIONAL, VISIBILITY, arn, named
from support import binary

PATIENCE = 30
SECRET = "never-to-be-seen"


def rule(name, priority, statement, **does):
    visibility = VISIBILITY | {"MetricName": name}
    return {"Name": name, "Priority": priority, "Statement": statement, "VisibilityConfig": visibility} | does


def sqli(field):
    return {"SqliMatchStatement": {"FieldToMatch": field, "TextTransformations": [{"Priority": 0, "Type": "URL_DECODE"}]}}


def holds(text, field):
    return {
        "ByteMatchStatement": {
            "SearchString": text, "FieldToMatch": field, "TextTransformations": AS_IT_IS, "PositionalConstraint": "CONTAINS"
        }
    }


class Shop:
    """A deployed API behind a web ACL that logs."""

    def __init__(self, installation):
        self.installation, self.waf = installation, installation.client("wafv2")
        gateway = installation.client("apigateway")
        api = gateway.create_rest_api(name="shop")
        self.api, place = api["id"], {"restApiId": api["id"], "resourceId": api["rootResourceId"], "httpMethod": "GET"}
        gateway.put_method(**place, authorizationType="NONE")
        gateway.put_method_response(**place, statusCode="200")
        gateway.put_integration(**place, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
        gateway.put_integration_response(**place, statusCode="200")
        gateway.create_deployment(restApiId=self.api, stageName="prod")
        inner = [rule("inner", 0, holds(b"inner", {"QueryString": {}}), Action={"Block": {}}, RuleLabels=[{"Name": "inner"}])]
        made = {"Capacity": 50, "Rules": inner, "VisibilityConfig": VISIBILITY}
        self.group = self.waf.create_rule_group(Name=f"records-{self.api}", **REGIONAL, **made)["Summary"]
        self.name = f"records-{self.api}"
        reference = {"RuleGroupReferenceStatement": {"ARN": self.group["ARN"]}}
        self.rules = [
            rule("watched", 0, holds(b"watched", {"QueryString": {}}), Action={"Count": {}}),
            rule("sql", 1, sqli({"AllQueryArguments": {}}), Action={"Block": {"CustomResponse": {"ResponseCode": 405}}}),
            rule("group", 2, reference, OverrideAction={"None": {}}),
        ]
        settings = {"DefaultAction": {"Allow": {}}, "VisibilityConfig": VISIBILITY | {"MetricName": "rest"}}
        self.settings = settings
        self.acl = self.waf.create_web_acl(Name=self.name, **REGIONAL, **settings, Rules=self.rules)["Summary"]
        destination = f"arn:aws:logs:{installation.region}:000000000000:log-group:aws-waf-logs-{self.name}"
        self.waf.put_logging_configuration(LoggingConfiguration={
            "ResourceArn": self.acl["ARN"], "LogDestinationConfigs": [destination],
            "RedactedFields": [{"SingleHeader": {"Name": "x-hidden"}}],
        })
        self.waf.associate_web_acl(WebACLArn=self.acl["ARN"], ResourceArn=arn(installation, self.api))

    def call(self, query="", **headers):
        return self.installation.invoke(self.api, f"/prod{query}", headers=headers)

    def run(self, *words, given=None):
        command = [binary.path(), *words, "--data-dir", str(self.installation.home)]
        return subprocess.run(command, input=given, check=True, capture_output=True).stdout.decode()

    def logged(self, request):
        """The log record of a request, once it can be read."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            lines = self.run("logs", "--kind", "waf", "--acl", self.name, "--filter", request).splitlines()
            if lines:
                return json.loads(lines[0])
            time.sleep(0.1)
        raise AssertionError("nothing was logged")


@pytest.fixture(scope="module")
def shop(installation):
    return Shop(installation)


def test_a_blocked_request_is_logged_as_aws_logs_it(shop):
    answer = shop.call("?id=1'%20or%20'1'='1&watched", **{"Authorization": SECRET, "X-Hidden": SECRET, "X-Seen": "seen"})
    assert answer.status == 405
    record = shop.logged(answer.headers["x-amzn-RequestId"])
    assert (record["action"], record["terminatingRuleId"], record["responseCodeSent"]) == ("BLOCK", "sql", 405)
    assert record["webaclId"] == shop.acl["ARN"]
    assert record["httpSourceId"] == f"000000000000:{shop.api}:prod"
    assert record["terminatingRuleMatchDetails"][0]["matchedFieldName"] == "id"
    assert [entry["ruleId"] for entry in record["nonTerminatingMatchingRules"]] == ["watched"]
    headers = {header["name"]: header["value"] for header in record["httpRequest"]["headers"]}
    assert (headers["Authorization"], headers["X-Hidden"], headers["X-Seen"]) == ("REDACTED", "REDACTED", "seen")
    assert SECRET not in json.dumps(record)
    passed = shop.logged(shop.call("?fine").headers["x-amzn-RequestId"])
    assert (passed["action"], passed["terminatingRuleId"]) == ("ALLOW", "Default_Action")


def test_samples_show_the_requests_of_a_rule(shop):
    assert shop.call("?id=1'%20or%20'1'='1&sampled", Authorization=SECRET).status == 405
    now = time.time()
    window = {"StartTime": now - 600, "EndTime": now + 60}
    found = shop.waf.get_sampled_requests(
        WebAclArn=shop.acl["ARN"], RuleMetricName="sql", Scope="REGIONAL", TimeWindow=window, MaxItems=100
    )
    assert found["PopulationSize"] >= len(found["SampledRequests"]) >= 1
    newest = found["SampledRequests"][0]
    assert (newest["Action"], newest["ResponseCodeSent"], newest["Request"]["Method"]) == ("BLOCK", 405, "GET")
    assert "sampled" in newest["Request"]["URI"] and SECRET not in str(found)
    nothing = {"StartTime": now - 7200, "EndTime": now - 7000}
    asked = {"WebAclArn": shop.acl["ARN"], "RuleMetricName": "sql", "Scope": "REGIONAL", "MaxItems": 100}
    assert shop.waf.get_sampled_requests(**asked, TimeWindow=nothing)["SampledRequests"] == []


def test_rules_are_counted_by_what_they_did(shop):
    def counts():
        acl, = json.loads(shop.run("waf", "top", "--acl", shop.name, "--format", "json"))
        rules = {(rule.get("GroupRule"), rule["Rule"]): rule for rule in acl["Rules"]}
        return acl["Requests"], lambda group, name, what: rules.get((group, name), {}).get(what, 0)

    before, was = counts()
    for query in ["?inner", "?inner", "?watched", "?none"]:
        shop.call(query)
    after, now = counts()
    assert after - before == 4
    for group, name, what, more in [
        ("group", "inner", "Blocked", 2), (None, "group", "Blocked", 2), (None, "watched", "Counted", 1),
        (None, "Default_Action", "Allowed", 2),
    ]:
        assert now(group, name, what) - was(group, name, what) == more, (group, name)
    assert "group/inner" in shop.run("waf", "top")


def test_requests_that_nobody_sent_are_judged_and_not_counted(shop):
    before = json.loads(shop.run("waf", "top", "--acl", shop.acl["Id"], "--format", "json"))[0]["Requests"]
    file = b"GET /prod?inner HTTP/1.1\n\n###\nGET https://x.example/prod?id=1'%20or%20'1'='1\n\n###\nGET /prod\n"
    lines = shop.run("waf", "test", "--acl", shop.acl["Id"], given=file).splitlines()
    assert [line.split()[:2] for line in lines] == [["BLOCK", "group/inner"], ["BLOCK", "sql"], ["ALLOW", "Default_Action"]]
    judged = json.loads(shop.run("waf", "test", "--acl", shop.name, "--format", "json", given=file))
    assert [one["Action"] for one in judged] == ["BLOCK", "BLOCK", "ALLOW"] and "sql" in judged[1]["Text"]
    assert json.loads(shop.run("waf", "top", "--acl", shop.name, "--format", "json"))[0]["Requests"] == before
    unknown = subprocess.run(
        [binary.path(), "waf", "test", "--acl", "unknown", "--data-dir", str(shop.installation.home)],
        input=file, capture_output=True,
    )
    assert unknown.returncode == 1 and b"there is no web ACL `unknown`" in unknown.stderr


def test_what_is_told_to_be_excluded_lets_the_request_through_and_nothing_else(shop):
    for query, refused in [("?id=1'%20or%20'1'='1", "?other=1'%20or%20'1'='1"), ("?inner", None)]:
        answer = shop.call(query)
        assert answer.status in (403, 405)
        shop.logged(answer.headers["x-amzn-RequestId"])
        words = ["waf", "exclude", "--request", answer.headers["x-amzn-RequestId"]]
        told = json.loads(shop.run(*words, "--format", "json"))
        assert told["Verified"], told["Verification"]
        assert "/prod" in shop.run(*words)
        found = shop.waf.get_web_acl(Name=shop.name, Scope="REGIONAL", Id=shop.acl["Id"])
        rules = {one["Name"]: one for one in found["WebACL"]["Rules"]}
        for moved in told["Exclusion"].get("MoveRules", []):
            rules[moved["Name"]]["Priority"] = moved["Priority"]
        change = told["Exclusion"]["ChangeRule"]
        rules[change["Name"]] = rules[change["Name"]] | unpacked(change)
        added = told["Exclusion"].get("AddRule")
        if added:
            rules[added["Name"]] = unpacked(added)
        lock = {**named(shop.acl, lock=False), "LockToken": found["LockToken"]}
        shop.waf.update_web_acl(**lock, **shop.settings, Rules=list(rules.values()))
        assert shop.call(query).status == 200
        if refused:
            assert shop.call(refused).status == 405


def unpacked(value):
    """What the API takes in base64, as boto3 takes it."""
    if isinstance(value, list):
        return [unpacked(one) for one in value]
    if isinstance(value, dict):
        return {key: base64.b64decode(one) if key == "SearchString" else unpacked(one) for key, one in value.items()}
    return value


def test_coverage_names_the_web_acl(shop):
    methods = json.loads(shop.run("coverage", "--format", "json"))["Methods"]
    controls = [method["Controls"] for method in methods if method["RestApiId"] == shop.api]
    assert all(any(control.startswith(f"web ACL {shop.name} of") for control in one) for one in controls)


def test_another_account_sees_nothing_of_it(shop):
    made = json.loads(shop.run("account", "create"))
    other = {"aws_access_key_id": made["accessKeyId"], "aws_secret_access_key": made["secretAccessKey"]}
    waf, now = shop.installation.client("wafv2", **other), time.time()
    with pytest.raises(waf.exceptions.WAFNonexistentItemException):
        waf.get_sampled_requests(
            WebAclArn=shop.acl["ARN"].replace("000000000000", made["accountId"]), RuleMetricName="sql", Scope="REGIONAL",
            TimeWindow={"StartTime": now - 60, "EndTime": now}, MaxItems=1,
        )
