"""A web ACL before a stage, with all that it refers to."""

REGIONAL = {"Scope": "REGIONAL"}


def variables(world):
    return [
        {"limit": 100, "default": "allow", "addresses": ["192.0.2.0/24"]},
        {"limit": 200, "default": "block", "addresses": ["192.0.2.0/25", "198.51.100.7/32"]},
    ]


def first(world, made):
    waf = world.client("wafv2")
    stage = world.client("apigateway").get_stage(restApiId=made["api"], stageName="prod")
    assert stage["webAclArn"] == made["acl"]
    acl = waf.get_web_acl(ARN=made["acl"])["WebACL"]
    assert acl["Capacity"] == made["capacity"] == waf.check_capacity(**REGIONAL, Rules=acl["Rules"])["Capacity"]


def second(world, made):
    acl = world.client("wafv2").get_web_acl(ARN=made["acl"])["WebACL"]
    rates = [rule["Statement"].get("RateBasedStatement") for rule in acl["Rules"]]
    assert (acl["DefaultAction"], [rate["Limit"] for rate in rates if rate]) == ({"Block": {}}, [200])


def gone(world, made):
    waf = world.client("wafv2")
    left = [one["Name"] for kind in ["web_acls", "rule_groups", "ip_sets", "regex_pattern_sets"]
            for one in next(iter(getattr(waf, f"list_{kind}")(**REGIONAL).values()))]
    assert not [name for name in left if name.startswith("terraform-")]
