"""The verdicts on WAFv2's calls, for the mutation test."""

import itertools

import botocore.exceptions
import pytest

from security.lambda_rows import GUARD, LABEL, NAMES, TAKES, Shown

COUNT = itertools.count()
SERVICE = "crates/services/wafv2/src"
VISIBILITY = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "row"}
RESERVED = VISIBILITY | {"MetricName": "Default_Action"}
SCOPE = Shown(f"{SERVICE}/ip_set/tests.rs", "fn nothing_stands_before_cloudfront")
SHARED = Shown("tests/clients/boto3/test_wafv2.py", "def test_a_rule_group_is_shared_with_whom_its_policy_names")
# A field that must be exactly one thing, and is none.
NO_RULES = [
    {
        "Name": "row", "Priority": 0, "Action": {"Block": {}}, "VisibilityConfig": VISIBILITY,
        "Statement": {"XssMatchStatement": {"FieldToMatch": {}, "TextTransformations": [{"Priority": 0, "Type": "NONE"}]}},
    }
]


def client(world):
    return world.installation.client("wafv2")


def made(world, kind):
    """Something of a kind, as calls that change it name it."""
    waf, name = client(world), f"row-{next(COUNT)}"
    least = {
        "web_acl": {"DefaultAction": {"Allow": {}}, "VisibilityConfig": VISIBILITY},
        "rule_group": {"Capacity": 10, "VisibilityConfig": VISIBILITY},
        "ip_set": {"IPAddressVersion": "IPV4", "Addresses": []},
        "regex_pattern_set": {"RegularExpressionList": []},
    }[kind]
    summary = getattr(waf, f"create_{kind}")(Name=name, Scope="REGIONAL", **least)["Summary"]
    return summary, least


def refused(kind, **given):
    """A row: neither making nor changing it takes these members."""

    def row(world):
        waf, (summary, least) = client(world), made(world, kind)
        with pytest.raises(botocore.exceptions.ClientError):
            getattr(waf, f"create_{kind}")(**{"Name": f"row-{next(COUNT)}", "Scope": "REGIONAL"} | least | given)
        if set(given) & {"Capacity", "IPAddressVersion"}:
            return
        place = {"Name": summary["Name"], "Id": summary["Id"], "Scope": "REGIONAL", "LockToken": summary["LockToken"]}
        changed = {key: value for key, value in (least | given).items() if key not in ("Capacity", "IPAddressVersion")}
        with pytest.raises(botocore.exceptions.ClientError):
            getattr(waf, f"update_{kind}")(**place | changed)

    return row


def unlogged(**given):
    """A row: no log is kept with these members."""

    def row(world):
        waf, (summary, _) = client(world), made(world, "web_acl")
        group = f"arn:aws:logs:us-east-1:000000000000:log-group:aws-waf-logs-{summary['Name']}"
        configuration = {"ResourceArn": summary["ARN"], "LogDestinationConfigs": [group]}
        with pytest.raises(botocore.exceptions.ClientError):
            waf.put_logging_configuration(LoggingConfiguration=configuration | given)

    return row


def stage_of(world):
    return f"arn:aws:apigateway:{world.installation.region}::/restapis/{world.api.id}/stages/prod"


def associated(world):
    """A stage with a web ACL is not served as if it had none."""
    waf = client(world)
    blocks = {"DefaultAction": {"Block": {}}, "VisibilityConfig": VISIBILITY}
    arn = waf.create_web_acl(Name=f"row-{next(COUNT)}", Scope="REGIONAL", **blocks)["Summary"]["ARN"]
    world.changes(
        lambda: waf.associate_web_acl(WebACLArn=arn, ResourceArn=stage_of(world)),
        lambda: waf.disassociate_web_acl(ResourceArn=stage_of(world)),
    )


EVERYTHING = {
    "ByteMatchStatement": {
        "SearchString": b"/", "FieldToMatch": {"UriPath": {}}, "PositionalConstraint": "STARTS_WITH",
        "TextTransformations": [{"Priority": 0, "Type": "NONE"}],
    }
}


def blocking(statement, action="Action"):
    does = {"Action": {"Block": {}}} if action == "Action" else {"OverrideAction": {"None": {}}}
    return [{"Name": "row", "Priority": 0, "Statement": statement, "VisibilityConfig": VISIBILITY} | does]


def enforced(kind, **harsh):
    """A row: a change of a web ACL, or of what its rules name, changes who passes."""

    def row(world):
        waf, (summary, least) = client(world), made(world, kind)
        acl = {"Summary": summary}
        if kind != "web_acl":
            statement = {
                "rule_group": {"RuleGroupReferenceStatement": {"ARN": summary["ARN"]}},
                "ip_set": {"IPSetReferenceStatement": {"ARN": summary["ARN"]}},
                "regex_pattern_set": {
                    "RegexPatternSetReferenceStatement": {
                        "ARN": summary["ARN"], "FieldToMatch": {"UriPath": {}},
                        "TextTransformations": [{"Priority": 0, "Type": "NONE"}],
                    }
                },
            }[kind]
            rules = blocking(statement, "OverrideAction" if kind == "rule_group" else "Action")
            settings = {"DefaultAction": {"Allow": {}}, "VisibilityConfig": VISIBILITY, "Rules": rules}
            acl = waf.create_web_acl(Name=f"row-{next(COUNT)}", Scope="REGIONAL", **settings)
        waf.associate_web_acl(WebACLArn=acl["Summary"]["ARN"], ResourceArn=stage_of(world))
        place = {"Name": summary["Name"], "Id": summary["Id"], "Scope": "REGIONAL"}
        mild = {key: value for key, value in least.items() if key not in ("Capacity", "IPAddressVersion")}

        def change(settings):
            token = getattr(waf, f"get_{kind}")(**place)["LockToken"]
            getattr(waf, f"update_{kind}")(**place, LockToken=token, **settings)

        world.changes(lambda: change(mild | harsh), lambda: change(mild))
        waf.disassociate_web_acl(ResourceArn=stage_of(world))

    return row


def both(*rows):
    """A row that is several."""

    def row(world):
        for one in rows:
            one(world)

    return row


def named(*members):
    return dict.fromkeys(members, NAMES)


ACL = {
    "DefaultAction": both(refused("web_acl", DefaultAction={}), enforced("web_acl", DefaultAction={"Block": {}})),
    "Rules": both(refused("web_acl", Rules=NO_RULES), enforced("web_acl", Rules=blocking(EVERYTHING))),
    "VisibilityConfig": refused("web_acl", VisibilityConfig=RESERVED),
    "CustomResponseBodies": refused("web_acl", CustomResponseBodies={"a": {"ContentType": "TEXT_PLAIN", "Content": "x" * 5000}}),
    "CaptchaConfig": refused("web_acl", CaptchaConfig={"ImmunityTimeProperty": {"ImmunityTime": 259201}}),
    "ChallengeConfig": refused("web_acl", ChallengeConfig={"ImmunityTimeProperty": {"ImmunityTime": 299}}),
    "TokenDomains": refused("web_acl", TokenDomains=["com"]),
    "AssociationConfig": refused("web_acl", AssociationConfig={"RequestBody": {"API_GATEWAY": {"DefaultSizeInspectionLimit": "KB_8"}}}),
    "DataProtectionConfig": refused(
        "web_acl", DataProtectionConfig={"DataProtections": [{"Field": {"FieldType": "BODY"}, "Action": "HASH"}]}
    ),
    "OnSourceDDoSProtectionConfig": refused("web_acl", OnSourceDDoSProtectionConfig={"ALBLowReputationMode": "ALWAYS_ON"}),
    "ApplicationConfig": refused("web_acl", ApplicationConfig={}),
    "MonetizationConfig": refused("web_acl", MonetizationConfig={}),
    "AnalyticsConfig": refused("web_acl", AnalyticsConfig={"Mode": "CROSS_REGION"}),
    "Scope": SCOPE,
    "Description": LABEL,
    **named("Name"),
}
GROUP = {
    "Rules": both(refused("rule_group", Rules=NO_RULES), enforced("rule_group", Rules=blocking(EVERYTHING))),
    "VisibilityConfig": refused("rule_group", VisibilityConfig=RESERVED),
    "CustomResponseBodies": refused("rule_group", CustomResponseBodies={"a": {"ContentType": "TEXT_PLAIN", "Content": "x" * 5000}}),
    "MonetizationConfig": refused("rule_group", MonetizationConfig={}),
    "Scope": SCOPE,
    "Description": LABEL,
    **named("Name"),
}
ADDRESSES = {
    "Addresses": both(refused("ip_set", Addresses=["0.0.0.0/0"]), enforced("ip_set", Addresses=["127.0.0.0/8"])),
    "Scope": SCOPE,
    "Description": LABEL,
    **named("Name"),
}
PATTERNS = {
    "RegularExpressionList": both(
        refused("regex_pattern_set", RegularExpressionList=[{"RegexString": r"(a)\1"}]),
        enforced("regex_pattern_set", RegularExpressionList=[{"RegexString": "^/prod"}]),
    ),
    "Scope": SCOPE,
    "Description": LABEL,
    **named("Name"),
}
MADE = {"Tags": LABEL}
CHANGED = {"LockToken": GUARD, **named("Id")}

WAFV2 = {
    "CreateWebACL": ACL | MADE,
    "UpdateWebACL": ACL | CHANGED,
    "CreateRuleGroup": GROUP | MADE | {"Capacity": refused("rule_group", Capacity=5001)},
    "UpdateRuleGroup": GROUP | CHANGED,
    "CreateIPSet": ADDRESSES | MADE | {"IPAddressVersion": refused("ip_set", IPAddressVersion="IPV6", Addresses=["192.0.2.0/24"])},
    "UpdateIPSet": ADDRESSES | CHANGED,
    "CreateRegexPatternSet": PATTERNS | MADE,
    "UpdateRegexPatternSet": PATTERNS | CHANGED,
    **{
        f"Delete{kind}": {**named("Name", "Id"), "Scope": SCOPE, "LockToken": GUARD}
        for kind in ["WebACL", "RuleGroup", "IPSet", "RegexPatternSet"]
    },
    "AssociateWebACL": {"WebACLArn": associated, "ResourceArn": associated},
    "DisassociateWebACL": {"ResourceArn": TAKES},
    "PutLoggingConfiguration": {"LoggingConfiguration": unlogged(LogDestinationConfigs=["arn:aws:s3:::aws-waf-logs-row"])},
    "DeleteLoggingConfiguration": {
        "ResourceArn": NAMES,
        "LogType": "there is one type of log",
        "LogScope": Shown(f"{SERVICE}/logging/settings.rs", "A LogScope other than CUSTOMER"),
    },
    "PutPermissionPolicy": {"ResourceArn": NAMES, "Policy": SHARED},
    "DeletePermissionPolicy": SHARED,
    "TagResource": {"ResourceARN": NAMES, "Tags": LABEL},
    "UntagResource": {"ResourceARN": NAMES, "TagKeys": LABEL},
}
