"""Terraform puts a web ACL before a stage: a plan without a change afterwards, a change, and nothing left."""

import json

CONFIGURATION = "wafv2.tf"


def test_apply_plan_change_and_destroy(terraform, installation):
    waf, gateway = installation.client("wafv2"), installation.client("apigateway")
    first = {"limit": "100", "default": "allow", "addresses": '["192.0.2.0/24"]'}
    terraform("apply", "-auto-approve", **first)
    terraform("plan", "-detailed-exitcode", **first)
    made = {name: output["value"] for name, output in json.loads(terraform("output", "-json")).items()}
    stage = gateway.get_stage(restApiId=made["api"], stageName="prod")
    assert stage["webAclArn"] == made["acl"]
    acl = waf.get_web_acl(ARN=made["acl"])["WebACL"]
    assert acl["Capacity"] == made["capacity"] == waf.check_capacity(Scope="REGIONAL", Rules=acl["Rules"])["Capacity"]

    second = {"limit": "200", "default": "block", "addresses": '["192.0.2.0/25", "198.51.100.7/32"]'}
    terraform("plan", "-detailed-exitcode", expected=2, **second)
    terraform("apply", "-auto-approve", **second)
    terraform("plan", "-detailed-exitcode", **second)
    acl = waf.get_web_acl(ARN=made["acl"])["WebACL"]
    rates = [rule["Statement"].get("RateBasedStatement") for rule in acl["Rules"]]
    assert (acl["DefaultAction"], [rate["Limit"] for rate in rates if rate]) == ({"Block": {}}, [200])

    terraform("destroy", "-auto-approve", **second)
    left = [one["Name"] for kind in ["web_acls", "rule_groups", "ip_sets", "regex_pattern_sets"]
            for one in next(iter(getattr(waf, f"list_{kind}")(Scope="REGIONAL").values()))]
    assert not [name for name in left if name.startswith("terraform-")]
