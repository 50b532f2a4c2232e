"""Every member of AWS's rules is taken by the engine or refused by its name, and whatever else stands in a rule is refused.

The members are those of AWS's model: a new one of it fails here until it has a place and a verdict.
"""

import json

import botocore.exceptions
import pytest

from security import attacks
from security.test_every_operation import send
from support import models

MODEL = models.service("wafv2")
# What calls hand to the engine as it is.
WHOLE = {
    "Rules", "DefaultAction", "CustomResponseBodies", "CaptchaConfig", "ChallengeConfig", "AssociationConfig",
    "FieldToMatch", "RuleAction",
    # Refused whole, whatever they hold.
    "DataProtectionConfig", "OnSourceDDoSProtectionConfig", "ApplicationConfig", "MonetizationConfig", "AnalyticsConfig",
    # Answered by accounts with Firewall Manager only.
    "FirewallManagerRuleGroups",
}
# Shapes of which exactly one member is set.
UNIONS = {
    "Statement", "FieldToMatch", "RuleAction", "OverrideAction", "DefaultAction", "JsonMatchPattern", "HeaderMatchPattern",
    "CookieMatchPattern", "RateBasedStatementCustomKey", "ManagedRuleGroupConfig",
}

VISIBILITY = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "one"}
AS_IT_IS = [{"Priority": 0, "Type": "NONE"}]
PATH = {"FieldToMatch": {"UriPath": {}}, "TextTransformations": AS_IT_IS}
BYTES = {"ByteMatchStatement": PATH | {"SearchString": b"/admin", "PositionalConstraint": "EXACTLY"}}
HEADERS = {"MatchPattern": {"All": {}}, "MatchScope": "ALL", "OversizeHandling": "CONTINUE"}
FORWARDED = {"HeaderName": "X-Forwarded-For", "FallbackBehavior": "MATCH"}
COMMON = {"VendorName": "AWS", "Name": "AWSManagedRulesCommonRuleSet"}
BOTS = {"VendorName": "AWS", "Name": "AWSManagedRulesBotControlRuleSet"}
RESPONSE = {"ResponseCode": 403}
HANDLING = {"InsertHeaders": [{"Name": "a", "Value": "b"}]}
LEVEL = {"InspectionLevel": "COMMON"}


def rule(statement=BYTES, **more):
    groups = {"ManagedRuleGroupStatement", "RuleGroupReferenceStatement"}
    action = {"OverrideAction": {"None": {}}} if set(statement) & groups else {"Action": {"Block": {}}}
    return {"Name": "one", "Priority": 0, "Statement": statement, "VisibilityConfig": VISIBILITY} | action | more


def limited(**more):
    return rule({"RateBasedStatement": {"Limit": 100, "AggregateKeyType": "IP"} | more})


def keyed(key):
    keys = [{"Header": {"Name": "a", "TextTransformations": AS_IT_IS}}] if set(key) <= {"IP", "ForwardedIP"} else []
    forwarded = {"ForwardedIPConfig": FORWARDED} if "ForwardedIP" in key else {}
    return limited(AggregateKeyType="CUSTOM_KEYS", CustomKeys=[*keys, key], **forwarded)


def sees(field):
    return rule({"ByteMatchStatement": BYTES["ByteMatchStatement"] | {"FieldToMatch": field}})


def acts(action):
    return rule(Action=action)


def managed(**more):
    return rule({"ManagedRuleGroupStatement": COMMON | more})


def configured(config):
    return rule({"ManagedRuleGroupStatement": BOTS | {"ManagedRuleGroupConfigs": [config]}})


def statement(name, least):
    """The least of a statement's shape, and the rule that holds it."""
    return least, lambda value: rule({name: value})


# Every shape: its least value, and the rule that holds a value of it.
SHAPES = {
    "Rule": ({}, lambda value: rule() | value),
    "Statement": ({}, rule),
    "ByteMatchStatement": statement("ByteMatchStatement", BYTES["ByteMatchStatement"]),
    "SqliMatchStatement": statement("SqliMatchStatement", PATH),
    "XssMatchStatement": statement("XssMatchStatement", PATH),
    "SizeConstraintStatement": statement("SizeConstraintStatement", PATH | {"ComparisonOperator": "GT", "Size": 9}),
    "RegexMatchStatement": statement("RegexMatchStatement", PATH | {"RegexString": "a+"}),
    "RegexPatternSetReferenceStatement": statement("RegexPatternSetReferenceStatement", PATH | {"ARN": "(patterns)"}),
    "IPSetReferenceStatement": statement("IPSetReferenceStatement", {"ARN": "(set)"}),
    "IPSetForwardedIPConfig": (
        FORWARDED | {"Position": "FIRST"},
        lambda value: rule({"IPSetReferenceStatement": {"ARN": "(set)", "IPSetForwardedIPConfig": value}}),
    ),
    "GeoMatchStatement": statement("GeoMatchStatement", {"CountryCodes": ["DE"]}),
    "AsnMatchStatement": statement("AsnMatchStatement", {"AsnList": [64496]}),
    "LabelMatchStatement": statement("LabelMatchStatement", {"Scope": "LABEL", "Key": "a:b"}),
    "AndStatement": statement("AndStatement", {"Statements": [BYTES, BYTES]}),
    "OrStatement": statement("OrStatement", {"Statements": [BYTES, BYTES]}),
    "NotStatement": statement("NotStatement", {"Statement": BYTES}),
    "RuleGroupReferenceStatement": statement("RuleGroupReferenceStatement", {"ARN": "(group)"}),
    "ManagedRuleGroupStatement": ({}, lambda value: managed(**value)),
    "ManagedRuleGroupConfig": ({}, configured),
    "AWSManagedRulesBotControlRuleSet": (LEVEL, lambda value: configured({"AWSManagedRulesBotControlRuleSet": value})),
    "ExcludedRule": ({"Name": "NoUserAgent_HEADER"}, lambda value: managed(ExcludedRules=[value])),
    "RuleActionOverride": (
        {"Name": "NoUserAgent_HEADER", "ActionToUse": {"Count": {}}},
        lambda value: managed(RuleActionOverrides=[value]),
    ),
    "RateBasedStatement": ({}, lambda value: limited(**value)),
    "ForwardedIPConfig": (FORWARDED, lambda value: limited(AggregateKeyType="FORWARDED_IP", ForwardedIPConfig=value)),
    "RateBasedStatementCustomKey": ({}, keyed),
    **{
        f"RateLimit{kind}": ({}, lambda value, kind=kind: keyed({kind: value}))
        for kind in ["HTTPMethod", "ForwardedIP", "IP"]
    },
    "RateLimitAsn": ({}, lambda value: keyed({"ASN": value})),
    **{
        f"RateLimit{kind}": ({"Name": "a", "TextTransformations": AS_IT_IS}, lambda value, kind=kind: keyed({kind: value}))
        for kind in ["Header", "Cookie", "QueryArgument"]
    },
    **{
        f"RateLimit{kind}": ({"TextTransformations": AS_IT_IS}, lambda value, kind=kind: keyed({kind: value}))
        for kind in ["QueryString", "UriPath"]
    },
    "RateLimitLabelNamespace": ({"Namespace": "a:"}, lambda value: keyed({"LabelNamespace": value})),
    "FieldToMatch": ({}, sees),
    "SingleHeader": ({"Name": "a"}, lambda value: sees({"SingleHeader": value})),
    "SingleQueryArgument": ({"Name": "a"}, lambda value: sees({"SingleQueryArgument": value})),
    **{
        name: ({}, lambda value, name=name: sees({name: value}))
        for name in ["AllQueryArguments", "UriPath", "QueryString", "Method", "Body"]
    },
    "JsonBody": ({"MatchPattern": {"All": {}}, "MatchScope": "ALL"}, lambda value: sees({"JsonBody": value})),
    "JsonMatchPattern": ({}, lambda value: sees({"JsonBody": {"MatchPattern": value, "MatchScope": "ALL"}})),
    "Headers": (HEADERS, lambda value: sees({"Headers": value})),
    "HeaderMatchPattern": ({}, lambda value: sees({"Headers": HEADERS | {"MatchPattern": value}})),
    "Cookies": (HEADERS, lambda value: sees({"Cookies": value})),
    "CookieMatchPattern": ({}, lambda value: sees({"Cookies": HEADERS | {"MatchPattern": value}})),
    "HeaderOrder": ({"OversizeHandling": "CONTINUE"}, lambda value: sees({"HeaderOrder": value})),
    "All": ({}, lambda value: sees({"Headers": HEADERS | {"MatchPattern": {"All": value}}})),
    "TextTransformation": (
        AS_IT_IS[0],
        lambda value: rule({"SqliMatchStatement": PATH | {"TextTransformations": [value]}}),
    ),
    "PreParseTextTransformation": (
        {"Priority": 0, "Type": "NONE"},
        lambda value: rule(
            {"SqliMatchStatement": PATH | {"FieldToMatch": {"AllQueryArguments": {}}, "PreParseTextTransformations": [value]}}
        ),
    ),
    "RuleAction": ({}, acts),
    "BlockAction": ({}, lambda value: acts({"Block": value})),
    "CustomResponse": (RESPONSE, lambda value: acts({"Block": {"CustomResponse": value}})),
    **{
        f"{kind}Action": ({}, lambda value, kind=kind: acts({kind: value}))
        for kind in ["Allow", "Count", "Captcha", "Challenge"]
    },
    "CustomRequestHandling": (HANDLING, lambda value: acts({"Count": {"CustomRequestHandling": value}})),
    "CustomHTTPHeader": (
        {"Name": "a", "Value": "b"},
        lambda value: acts({"Count": {"CustomRequestHandling": {"InsertHeaders": [value]}}}),
    ),
    "OverrideAction": ({}, lambda value: managed() | {"OverrideAction": value}),
    "NoneAction": ({}, lambda value: managed() | {"OverrideAction": {"None": value}}),
    "Label": ({"Name": "a:b"}, lambda value: rule(RuleLabels=[value])),
    "VisibilityConfig": (VISIBILITY, lambda value: rule(VisibilityConfig=value)),
    "CaptchaConfig": ({}, lambda value: rule(CaptchaConfig=value)),
    "ChallengeConfig": ({}, lambda value: rule(ChallengeConfig=value)),
    "ImmunityTimeProperty": ({"ImmunityTime": 300}, lambda value: rule(CaptchaConfig={"ImmunityTimeProperty": value})),
}

# Good values of members whose shapes alone do not tell one.
VALUES = {
    ("Rule", "Name"): "other",
    ("Statement", "ManagedRuleGroupStatement"): COMMON,
    ("Statement", "RateBasedStatement"): {"Limit": 100, "AggregateKeyType": "IP"},
    ("ManagedRuleGroupStatement", "Version"): "Version_1.0",
    ("Rule", "Action"): {"Allow": {}},
    ("Rule", "Statement"): BYTES,
    ("Rule", "OverrideAction"): None,
    ("RateBasedStatement", "AggregateKeyType"): "IP",
    ("RateBasedStatement", "EvaluationWindowSec"): 600,
    ("RateBasedStatement", "ForwardedIPConfig"): None,
    ("RateBasedStatement", "CustomKeys"): None,
    ("RateBasedStatement", "Limit"): 10,
    ("RateBasedStatement", "ScopeDownStatement"): BYTES,
    ("GeoMatchStatement", "ForwardedIPConfig"): FORWARDED,
    ("ManagedRuleGroupStatement", "VendorName"): COMMON["VendorName"],
    ("ManagedRuleGroupStatement", "Name"): COMMON["Name"],
    ("ManagedRuleGroupStatement", "ScopeDownStatement"): BYTES,
    ("ManagedRuleGroupStatement", "ManagedRuleGroupConfigs"): None,
    ("JsonMatchPattern", "IncludedPaths"): ["/a/0"],
    ("CustomResponse", "CustomResponseBodyKey"): "body",
    ("AWSManagedRulesBotControlRuleSet", "EnableMachineLearning"): True,
    ("ExcludedRule", "Name"): "NoUserAgent_HEADER",
    ("FieldToMatch", "JA3Fingerprint"): {"FallbackBehavior": "MATCH"},
    ("FieldToMatch", "JA4Fingerprint"): {"FallbackBehavior": "MATCH"},
    ("RateBasedStatementCustomKey", "JA3Fingerprint"): {"FallbackBehavior": "MATCH"},
    ("RateBasedStatementCustomKey", "JA4Fingerprint"): {"FallbackBehavior": "MATCH"},
    ("ManagedRuleGroupConfig", "UsernameField"): {"Identifier": "/a"},
    ("ManagedRuleGroupConfig", "PasswordField"): {"Identifier": "/a"},
    ("ManagedRuleGroupConfig", "AWSManagedRulesATPRuleSet"): {"LoginPath": "/a"},
    ("ManagedRuleGroupConfig", "AWSManagedRulesACFPRuleSet"): {
        "CreationPath": "/a", "RegistrationPagePath": "/b", "RequestInspection": {"PayloadType": "JSON"},
    },
    ("ManagedRuleGroupConfig", "AWSManagedRulesAntiDDoSRuleSet"): {
        "ClientSideActionConfig": {"Challenge": {"UsageOfAction": "DISABLED"}},
    },
}
CLOUDFRONT = "AWS has it before CloudFront and load balancers only"
FRAUD = "belongs to managed rule groups that do not exist here"
REFUSED = {
    ("FieldToMatch", "JA3Fingerprint"): CLOUDFRONT,
    ("FieldToMatch", "JA4Fingerprint"): CLOUDFRONT,
    ("FieldToMatch", "UriFragment"): CLOUDFRONT,
    ("RateBasedStatementCustomKey", "JA3Fingerprint"): CLOUDFRONT,
    ("RateBasedStatementCustomKey", "JA4Fingerprint"): CLOUDFRONT,
    ("RuleAction", "Monetize"): CLOUDFRONT,
    **{
        ("ManagedRuleGroupConfig", member): FRAUD
        for member in MODEL.shape_for("ManagedRuleGroupConfig").members
        if member != "AWSManagedRulesBotControlRuleSet"
    },
    ("AWSManagedRulesBotControlRuleSet", "EnableMachineLearning"): "belongs to the targeted level, which does not exist here",
}
# Known, and refused by a node that lacks what they ask: what the refusal tells.
ASKS = {
    "GeoMatchStatement": "GeoMatchStatement",
    "AsnMatchStatement": "AsnMatchStatement",
    "RateLimitAsn": "ASN",
    ("Statement", "GeoMatchStatement"): "GeoMatchStatement",
    ("Statement", "AsnMatchStatement"): "AsnMatchStatement",
    ("RateBasedStatementCustomKey", "ASN"): "ASN",
    ("ManagedRuleGroupConfig", "AWSManagedRulesBotControlRuleSet"): "verified-bots",
    ("AWSManagedRulesBotControlRuleSet", "InspectionLevel"): "verified-bots",
}


def structures():
    """Every structure that a rule may hold, but those inside what is refused whole."""
    found, open_ = {}, [MODEL.shape_for("Rule")]
    while open_:
        shape = open_.pop()
        if shape.type_name == "list":
            open_.append(shape.member)
        elif shape.type_name == "map":
            open_.append(shape.value)
        elif shape.type_name == "structure" and shape.name not in found:
            found[shape.name] = shape
            open_ += [inner for name, inner in shape.members.items() if (shape.name, name) not in REFUSED]
    return found


STRUCTURES = structures()
MEMBERS = [(shape.name, member) for shape in STRUCTURES.values() for member in shape.members]


def value_of(owner, member):
    if (owner, member) in VALUES:
        return VALUES[owner, member]
    shape = STRUCTURES[owner].members[member]
    least = SHAPES.get(owner, ({}, None))[0]
    return least[member] if member in least else good(shape)


def good(shape):
    if shape.name in UNIONS:
        first = {"RuleAction": "Count", "OverrideAction": "Count", "FieldToMatch": "UriPath", "Statement": "ByteMatchStatement"}
        name = first.get(shape.name, next(iter(shape.members)))
        return {name: good(shape.members[name])}
    if shape.name in SHAPES:
        least = SHAPES[shape.name][0]
        return {name: least.get(name, good(shape.members[name])) for name in {*shape.required_members, *least}}
    if shape.type_name == "list":
        return [good(shape.member)]
    return models.least(shape)


@pytest.fixture(scope="module")
def names(installation):
    """What rules refer to."""
    client, scope = installation.client("wafv2"), {"Scope": "REGIONAL"}
    name = "documents"
    addresses = client.create_ip_set(Name=name, **scope, IPAddressVersion="IPV4", Addresses=["192.0.2.0/24"])
    patterns = client.create_regex_pattern_set(Name=name, **scope, RegularExpressionList=[{"RegexString": "a"}])
    inner = [rule() | {"Name": "NoUserAgent_HEADER"}]
    group = client.create_rule_group(Name=name, **scope, Capacity=10, Rules=inner, VisibilityConfig=VISIBILITY)
    made = {"(set)": addresses, "(patterns)": patterns, "(group)": group}
    return {name: one["Summary"]["ARN"] for name, one in made.items()}


def named(value, names):
    """The rule with real ARNs, and without members that are none."""
    if isinstance(value, dict):
        return {key: named(inner, names) for key, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [named(inner, names) for inner in value]
    return names.get(value, value) if isinstance(value, str) else value


def test_every_structure_of_a_rule_has_a_place():
    assert set(SHAPES) == set(STRUCTURES)


def test_every_refusal_is_of_a_member():
    assert set(REFUSED) <= set(MEMBERS) and set(VALUES) <= set(MEMBERS)


@pytest.mark.parametrize("shape, member", MEMBERS)
def test_a_member_is_taken_or_refused_by_its_name(installation, names, shape, member):
    least, place = SHAPES[shape]
    value = value_of(shape, member)
    held = {member: value} if shape in UNIONS else least | {member: value}
    if member == "PreParseTextTransformations":
        held["FieldToMatch"] = {"AllQueryArguments": {}}
    rules = named([place(held)], names)
    client = installation.client("wafv2")
    told = ASKS.get(shape) or ASKS.get((shape, member)) or (member if (shape, member) in REFUSED else None)
    if told:
        with pytest.raises(botocore.exceptions.ClientError) as refused:
            client.check_capacity(Scope="REGIONAL", Rules=rules)
        error = refused.value.response
        assert error["Error"]["Code"] == "WAFInvalidParameterException", error
        assert told in error["Error"]["Message"] and error["Field"] and error["Reason"], error
    else:
        assert client.check_capacity(Scope="REGIONAL", Rules=rules)["Capacity"] >= 1


@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_a_member_that_nobody_knows_is_refused_by_its_name(installation, names, shape):
    least, place = SHAPES[shape]
    rules = named([place(least | {"Unheard": {}})], names)
    body = json.dumps({"Scope": "REGIONAL", "Rules": rules}, default=lambda blob: "L2FkbWlu")
    operation = MODEL.operation_model("CheckCapacity")
    request = attacks.prepare(installation, models.request(operation))
    request.data = body.encode()
    attacks.sign(request, installation, "wafv2")
    answer = send(request)
    told = json.loads(answer.data)
    assert answer.status == 400 and told["__type"] == "WAFInvalidParameterException", told
    assert "Unheard" in told["Parameter"] or shape in UNIONS, told
