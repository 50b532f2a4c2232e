"""boto3 makes web ACLs and what they name, puts them before stages, and is refused in AWS's own exceptions, on both stores."""

import datetime
import json

import pytest

from clients.signing.test_signed_apis import Api, document, user
from support import binary

VISIBILITY = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "tests"}
REGIONAL = {"Scope": "REGIONAL"}
AS_IT_IS = [{"Priority": 0, "Type": "NONE"}]
ADMIN = {
    "ByteMatchStatement": {
        "SearchString": b"/admin", "FieldToMatch": {"UriPath": {}}, "TextTransformations": AS_IT_IS,
        "PositionalConstraint": "STARTS_WITH",
    }
}


def rule(name, priority, statement, **more):
    least = {"Name": name, "Priority": priority, "Statement": statement, "VisibilityConfig": VISIBILITY}
    return least | (more or {"Action": {"Block": {}}})


def acl(waf, name, **more):
    settings = {"DefaultAction": {"Allow": {}}, "VisibilityConfig": VISIBILITY} | more
    return waf.create_web_acl(Name=name, **REGIONAL, **settings)["Summary"]


def named(summary, lock=True):
    least = {"Name": summary["Name"], "Id": summary["Id"], **REGIONAL}
    return least | ({"LockToken": summary["LockToken"]} if lock else {})


def arn(installation, api, stage="prod"):
    return f"arn:aws:apigateway:{installation.region}::/restapis/{api}/stages/{stage}"


def signing(installation, who):
    """A client of somebody's."""
    return installation.client("wafv2", aws_access_key_id=who.key, aws_secret_access_key=who.secret)


@pytest.fixture
def waf(installation):
    return installation.client("wafv2")


def test_the_life_of_a_web_acl_with_all_that_it_names(installation, waf):
    cloudtrail = installation.client("cloudtrail")
    addresses = waf.create_ip_set(Name="wall-life", **REGIONAL, IPAddressVersion="IPV4", Addresses=["192.0.2.0/24"])["Summary"]
    patterns = waf.create_regex_pattern_set(Name="wall-life", **REGIONAL, RegularExpressionList=[{"RegexString": "(?i)curl"}])["Summary"]
    inner = [rule("admin", 0, ADMIN, Action={"Count": {}}, RuleLabels=[{"Name": "admin"}])]
    group = waf.create_rule_group(Name="wall-life", **REGIONAL, Capacity=50, Rules=inner, VisibilityConfig=VISIBILITY)["Summary"]
    office = {"IPSetReferenceStatement": {"ARN": addresses["ARN"]}}
    curl = {
        "RegexPatternSetReferenceStatement": {
            "ARN": patterns["ARN"], "FieldToMatch": {"SingleHeader": {"Name": "user-agent"}}, "TextTransformations": AS_IT_IS
        }
    }
    rules = [
        rule("group", 0, {"RuleGroupReferenceStatement": {"ARN": group["ARN"]}}, OverrideAction={"None": {}}),
        rule("nested", 1, {"AndStatement": {"Statements": [curl, {"NotStatement": {"Statement": office}}]}}),
        rule("rate", 2, {"RateBasedStatement": {"Limit": 100, "AggregateKeyType": "IP", "ScopeDownStatement": ADMIN}}),
    ]
    weight = waf.check_capacity(**REGIONAL, Rules=rules)["Capacity"]
    made = acl(waf, "wall-life", Rules=rules)
    got = waf.get_web_acl(**named(made, lock=False))
    assert (got["WebACL"]["Rules"], got["WebACL"]["Capacity"], got["LockToken"]) == (rules, weight, made["LockToken"])
    labels = waf.get_rule_group(ARN=group["ARN"])["RuleGroup"]["AvailableLabels"]
    assert labels == [{"Name": "awswaf:000000000000:rulegroup:wall-life:admin"}]
    for kind, summary in [("ip_set", addresses), ("regex_pattern_set", patterns), ("rule_group", group)]:
        with pytest.raises(waf.exceptions.WAFAssociatedItemException):
            getattr(waf, f"delete_{kind}")(**named(summary))
        assert summary["ARN"] in [one["ARN"] for one in next(iter(getattr(waf, f"list_{kind}s")(**REGIONAL).values()))]
    recorded = cloudtrail.lookup_events(LookupAttributes=[{"AttributeKey": "ResourceName", "AttributeValue": "wall-life"}])["Events"]
    kinds = {resource["ResourceType"] for event in recorded for resource in event["Resources"]}
    assert kinds == {f"AWS::WAFv2::{kind}" for kind in ["WebACL", "RuleGroup", "IPSet", "RegexPatternSet"]}
    changed = waf.update_web_acl(**named(made), DefaultAction={"Block": {}}, VisibilityConfig=VISIBILITY)
    with pytest.raises(waf.exceptions.WAFOptimisticLockException):
        waf.delete_web_acl(**named(made))
    waf.delete_web_acl(**named(made) | {"LockToken": changed["NextLockToken"]})
    for kind, summary in [("ip_set", addresses), ("regex_pattern_set", patterns), ("rule_group", group)]:
        getattr(waf, f"delete_{kind}")(**named(summary))
        with pytest.raises(waf.exceptions.WAFNonexistentItemException):
            getattr(waf, f"get_{kind}")(**named(summary, lock=False))


def test_a_stage_with_a_web_acl_is_not_open(installation, waf, apigateway):
    api, made = Api(installation), acl(waf, "protects")
    stage = arn(installation, api.id)
    assert installation.invoke(api.id, "/prod/open").status == 200
    waf.associate_web_acl(WebACLArn=made["ARN"], ResourceArn=stage)
    assert apigateway.get_stage(restApiId=api.id, stageName="prod")["webAclArn"] == made["ARN"]
    assert apigateway.get_stages(restApiId=api.id)["item"][0]["webAclArn"] == made["ARN"]
    assert waf.get_web_acl_for_resource(ResourceArn=stage)["WebACL"]["ARN"] == made["ARN"]
    of_kind = {"WebACLArn": made["ARN"], "ResourceType": "API_GATEWAY"}
    assert waf.list_resources_for_web_acl(**of_kind)["ResourceArns"] == [stage]
    assert installation.invoke(api.id, "/prod/open").status == 200
    changed = waf.update_web_acl(**named(made), DefaultAction={"Block": {}}, VisibilityConfig=VISIBILITY)
    made["LockToken"] = changed["NextLockToken"]
    blocked = installation.invoke(api.id, "/prod/open")
    assert (blocked.status, json.loads(blocked.data)) == (403, {"message": "Forbidden"})
    assert installation.invoke(api.id, "/prod/nowhere").status == 403
    with pytest.raises(waf.exceptions.WAFAssociatedItemException):
        waf.delete_web_acl(**named(made))

    waf.disassociate_web_acl(ResourceArn=stage)
    assert installation.invoke(api.id, "/prod/open").status == 200
    waf.associate_web_acl(WebACLArn=made["ARN"], ResourceArn=stage)
    apigateway.delete_stage(restApiId=api.id, stageName="prod")
    assert waf.list_resources_for_web_acl(**of_kind)["ResourceArns"] == []
    waf.delete_web_acl(**named(made))


def looks_for(text, field, action, **more):
    statement = {
        "ByteMatchStatement": {
            "SearchString": text, "FieldToMatch": field, "PositionalConstraint": "CONTAINS",
            "TextTransformations": [{"Priority": 0, "Type": "URL_DECODE"}],
        }
    }
    return rule(text.decode(), more.pop("priority", 0), statement, Action=action, **more)


def test_what_rules_and_what_they_name_say_is_done_at_once(installation, waf):
    api = Api(installation)
    addresses = waf.create_ip_set(Name="here", **REGIONAL, IPAddressVersion="IPV4", Addresses=["192.0.2.0/24"])["Summary"]
    teapot = {"Block": {"CustomResponse": {"ResponseCode": 429, "CustomResponseBodyKey": "why"}}}
    rules = [
        looks_for(b"attack", {"QueryString": {}}, {"Block": {}}),
        looks_for(b"custom", {"QueryString": {}}, teapot, priority=1),
        rule("here", 2, {"IPSetReferenceStatement": {"ARN": addresses["ARN"]}}),
    ]
    bodies = {"why": {"ContentType": "TEXT_PLAIN", "Content": "because"}}
    made = acl(waf, "judges", Rules=rules, CustomResponseBodies=bodies)
    waf.associate_web_acl(WebACLArn=made["ARN"], ResourceArn=arn(installation, api.id))
    assert installation.invoke(api.id, "/prod/open?peace").status == 200
    assert installation.invoke(api.id, "/prod/open?x=%61ttack").status == 403
    custom = installation.invoke(api.id, "/prod/open?custom")
    assert (custom.status, custom.data) == (429, b"because")
    everybody = {"Addresses": ["127.0.0.0/8"], "LockToken": addresses["LockToken"]}
    waf.update_ip_set(**named(addresses, lock=False), **everybody)
    assert installation.invoke(api.id, "/prod/open?peace").status == 403, "a set's change counts at once"


def test_managed_rules_stop_attacks_and_let_others_pass(installation, waf):
    api = Api(installation)
    names = ["AWSManagedRulesCommonRuleSet", "AWSManagedRulesSQLiRuleSet", "AWSManagedRulesKnownBadInputsRuleSet"]
    rules = [
        rule(name, at, {"ManagedRuleGroupStatement": {"VendorName": "AWS", "Name": name}}, OverrideAction={"None": {}})
        for at, name in enumerate(names)
    ]
    made = acl(waf, "managed", Rules=rules)
    waf.associate_web_acl(WebACLArn=made["ARN"], ResourceArn=arn(installation, api.id))
    browser = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"}
    for target, status in [
        ("/prod/open?q=O%27Brien+and+sons", 200),
        ("/prod/open?q=1%27+or+%271%27%3D%271", 403),
        ("/prod/open?q=%3Cscript%3Ealert(1)%3C/script%3E", 403),
        ("/prod/open?q=..%2f..%2f..%2fetc%2fpasswd", 403),
        ("/prod/open?q=%24%7Bjndi:ldap://evil.test/a%7D", 403),
        ("/prod/open?q=http://169.254.169.254/latest/meta-data/", 403),
    ]:
        assert installation.invoke(api.id, target, headers=browser).status == status, target
    assert installation.invoke(api.id, "/prod/open", headers={"User-Agent": ""}).status == 403


def test_who_asks_too_often_is_stopped(installation, waf):
    api = Api(installation)
    often = {"RateBasedStatement": {"Limit": 10, "EvaluationWindowSec": 600, "AggregateKeyType": "IP"}}
    made = acl(waf, "often", Rules=[rule("often", 0, often)])
    waf.associate_web_acl(WebACLArn=made["ARN"], ResourceArn=arn(installation, api.id))
    statuses = [installation.invoke(api.id, "/prod/open").status for _ in range(14)]
    assert statuses == [200] * 10 + [403] * 4
    keys = waf.get_rate_based_statement_managed_keys(**REGIONAL, WebACLName="often", WebACLId=made["Id"], RuleName="often")
    assert keys["ManagedKeysIPV4"]["Addresses"] == ["127.0.0.1/32"]


def test_an_api_takes_its_associations_along(installation, waf, apigateway):
    api, made = Api(installation), acl(waf, "outlives")
    waf.associate_web_acl(WebACLArn=made["ARN"], ResourceArn=arn(installation, api.id))
    apigateway.delete_rest_api(restApiId=api.id)
    assert waf.list_resources_for_web_acl(WebACLArn=made["ARN"], ResourceType="API_GATEWAY")["ResourceArns"] == []
    waf.delete_web_acl(**named(made))


def test_whoever_may_not_touch_the_stage_may_not_unprotect_it(installation, waf):
    api, made, iam = Api(installation), acl(waf, "held"), installation.client("iam")
    stage = arn(installation, api.id)
    waf.associate_web_acl(WebACLArn=made["ARN"], ResourceArn=stage)
    everything = {"Effect": "Allow", "Action": "wafv2:*", "Resource": "*"}
    setting = {"Effect": "Allow", "Action": "apigateway:SetWebACL", "Resource": stage}
    elsewhere = setting | {"Resource": stage.replace("prod", "beta")}
    for name, statements, may in [("waf", [everything], False), ("waf-beta", [everything, elsewhere], False), ("both", [everything, setting], True)]:
        theirs = signing(installation, user(installation, iam, f"held-{name}", *statements))
        if may:
            theirs.disassociate_web_acl(ResourceArn=stage)
            continue
        for call, given in [("disassociate_web_acl", {}), ("associate_web_acl", {"WebACLArn": made["ARN"]})]:
            with pytest.raises(theirs.exceptions.ClientError) as refused:
                getattr(theirs, call)(ResourceArn=stage, **given)
            assert refused.value.response["Error"]["Code"] == "AccessDeniedException"
            assert "apigateway:SetWebACL" in refused.value.response["Error"]["Message"]
    assert "WebACL" not in waf.get_web_acl_for_resource(ResourceArn=stage)


def test_a_refusal_names_field_parameter_and_reason(waf):
    broken = rule("broken", 0, {"ByteMatchStatement": ADMIN["ByteMatchStatement"] | {"PositionalConstraint": "SOMEWHERE"}})
    with pytest.raises(waf.exceptions.WAFInvalidParameterException) as refused:
        acl(waf, "broken", Rules=[broken])
    told = refused.value.response
    assert told["Field"] == "BYTE_MATCH_STATEMENT" or told["Field"] == "STATEMENT", told
    assert told["Parameter"] == "SOMEWHERE" and told["Reason"] and told["Reason"] in told["Error"]["Message"]
    with pytest.raises(waf.exceptions.WAFDuplicateItemException):
        acl(waf, "twice")
        acl(waf, "twice")
    with pytest.raises(waf.exceptions.WAFInvalidOperationException):
        waf.list_web_acls(Scope="CLOUDFRONT")


def test_logs_samples_and_rates(installation, waf):
    limited = rule("rate", 0, {"RateBasedStatement": {"Limit": 100, "AggregateKeyType": "IP"}})
    made = acl(waf, "logged", Rules=[limited])
    group = f"arn:aws:logs:{installation.region}:000000000000:log-group:aws-waf-logs-tests"
    configuration = {
        "ResourceArn": made["ARN"], "LogDestinationConfigs": [group], "RedactedFields": [{"SingleHeader": {"Name": "cookie"}}],
        "LoggingFilter": {
            "DefaultBehavior": "DROP",
            "Filters": [{"Behavior": "KEEP", "Requirement": "MEETS_ANY", "Conditions": [{"ActionCondition": {"Action": "BLOCK"}}]}],
        },
    }
    waf.put_logging_configuration(LoggingConfiguration=configuration)
    kept = waf.get_logging_configuration(ResourceArn=made["ARN"])["LoggingConfiguration"]
    assert {key: kept[key] for key in configuration} == configuration
    assert kept in waf.list_logging_configurations(**REGIONAL)["LoggingConfigurations"]
    now = datetime.datetime.now(datetime.timezone.utc)
    window = {"StartTime": now - datetime.timedelta(hours=1), "EndTime": now}
    samples = waf.get_sampled_requests(WebAclArn=made["ARN"], RuleMetricName="tests", **REGIONAL, TimeWindow=window, MaxItems=10)
    assert (samples["SampledRequests"], samples["PopulationSize"]) == ([], 0)
    place = {"WebACLName": made["Name"], "WebACLId": made["Id"], "RuleName": "rate", **REGIONAL}
    keys = waf.get_rate_based_statement_managed_keys(**place)
    assert keys["ManagedKeysIPV4"] == {"IPAddressVersion": "IPV4", "Addresses": []}
    waf.delete_logging_configuration(ResourceArn=made["ARN"])
    waf.delete_web_acl(**named(made))


def test_tags_decide_who_may_change_what(installation, waf):
    made = acl(waf, "tagged", Tags=[{"Key": "team", "Value": "pets"}])
    assert waf.list_tags_for_resource(ResourceARN=made["ARN"])["TagInfoForResource"]["TagList"] == [{"Key": "team", "Value": "pets"}]
    mine = {"Effect": "Allow", "Action": "wafv2:GetWebACL", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "pets"}}}
    theirs = signing(installation, user(installation, installation.client("iam"), "tagged", mine))
    assert theirs.get_web_acl(**named(made, lock=False))["WebACL"]["Name"] == "tagged"
    waf.untag_resource(ResourceARN=made["ARN"], TagKeys=["team"])
    with pytest.raises(theirs.exceptions.ClientError):
        theirs.get_web_acl(**named(made, lock=False))


def test_a_rule_group_is_shared_with_whom_its_policy_names(installation, waf):
    rules = [rule("admin", 0, ADMIN)]
    group = waf.create_rule_group(Name="shared", **REGIONAL, Capacity=50, Rules=rules, VisibilityConfig=VISIBILITY)["Summary"]
    other = json.loads(binary.run("account", "create", "--data-dir", str(installation.home)))
    root = {"aws_access_key_id": other["accessKeyId"], "aws_secret_access_key": other["secretAccessKey"]}
    everything = {"Effect": "Allow", "Action": "wafv2:*", "Resource": "*"}
    theirs = signing(installation, user(installation, installation.client("iam", **root), "shares", everything))
    reference = {"RuleGroupReferenceStatement": {"ARN": group["ARN"]}}
    named_by = {"Rules": [rule("group", 0, reference, OverrideAction={"None": {}})]}

    def outcome():
        try:
            made = acl(theirs, "uses", **named_by)
        except theirs.exceptions.ClientError as refused:
            return refused.response["Error"]["Code"]
        theirs.delete_web_acl(**named(made))
        return "made"

    assert outcome() == "AccessDeniedException"
    actions = ["wafv2:CreateWebACL", "wafv2:UpdateWebACL", "wafv2:PutFirewallManagerRuleGroups"]
    statement = {"Effect": "Allow", "Principal": {"AWS": other["accountId"]}, "Action": actions}
    waf.put_permission_policy(ResourceArn=group["ARN"], Policy=document(statement))
    assert json.loads(waf.get_permission_policy(ResourceArn=group["ARN"])["Policy"])["Statement"] == [statement]
    assert outcome() == "made"
    # SECURITY: to use a rule group is not to read it.
    with pytest.raises(theirs.exceptions.ClientError) as refused:
        theirs.get_rule_group(ARN=group["ARN"])
    assert refused.value.response["Error"]["Code"] == "AccessDeniedException"
    waf.put_permission_policy(ResourceArn=group["ARN"], Policy=document(statement | {"Action": [*actions, "wafv2:GetRuleGroup"]}))
    assert theirs.get_rule_group(ARN=group["ARN"])["RuleGroup"]["Rules"] == rules
    made = acl(theirs, "keeps", **named_by)
    with pytest.raises(waf.exceptions.WAFAssociatedItemException):
        waf.delete_rule_group(**named(group))
    waf.delete_permission_policy(ResourceArn=group["ARN"])
    assert outcome() == "AccessDeniedException"
    theirs.delete_web_acl(**named(made))
    waf.delete_rule_group(**named(group))


def test_another_account_sees_and_changes_nothing(installation, waf):
    made = acl(waf, "mine")
    other = json.loads(binary.run("account", "create", "--data-dir", str(installation.home)))
    theirs = installation.client("wafv2", aws_access_key_id=other["accessKeyId"], aws_secret_access_key=other["secretAccessKey"])
    assert theirs.list_web_acls(**REGIONAL)["WebACLs"] == []
    for call in [
        lambda: theirs.get_web_acl(**named(made, lock=False)),
        lambda: theirs.delete_web_acl(**named(made)),
        lambda: theirs.get_web_acl(ARN=made["ARN"]),
    ]:
        with pytest.raises(theirs.exceptions.ClientError) as refused:
            call()
        assert refused.value.response["Error"]["Code"] in ("WAFNonexistentItemException", "AccessDeniedException")
    assert acl(theirs, "mine")["Id"] != made["Id"]
