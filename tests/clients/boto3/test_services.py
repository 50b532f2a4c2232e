"""boto3 asks everything else: pages, tags, the account, who it is, and what was done."""

import json

import botocore.exceptions
import pytest


def test_the_caller_is_root(installation):
    caller = installation.client("sts").get_caller_identity()
    assert caller["Arn"] == f"arn:aws:iam::{caller['Account']}:root"
    assert caller["UserId"] == caller["Account"]


def test_pages_cover_everything_once(apigateway):
    made = {apigateway.create_rest_api(name=f"page {number}")["id"] for number in range(7)}
    pages = apigateway.get_paginator("get_rest_apis").paginate(PaginationConfig={"PageSize": 3})
    listed = [api["id"] for page in pages for api in page["items"]]
    assert made <= set(listed) and len(listed) == len(set(listed))
    for api in made:
        apigateway.delete_rest_api(restApiId=api)


def test_tags_follow_their_resource(apigateway, installation):
    api = apigateway.create_rest_api(name="tags", tags={"a": "1"})["id"]
    arn = f"arn:aws:apigateway:{installation.region}::/restapis/{api}"
    apigateway.tag_resource(resourceArn=arn, tags={"b": "2 + more"})
    assert apigateway.get_tags(resourceArn=arn)["tags"] == {"a": "1", "b": "2 + more"}
    apigateway.untag_resource(resourceArn=arn, tagKeys=["a"])
    assert apigateway.get_rest_api(restApiId=api)["tags"] == {"b": "2 + more"}
    apigateway.delete_rest_api(restApiId=api)
    with pytest.raises(apigateway.exceptions.NotFoundException):
        apigateway.get_tags(resourceArn=arn)


def test_the_account_keeps_its_log_role(apigateway):
    assert apigateway.get_account()["throttleSettings"]["burstLimit"] > 0
    role = "arn:aws:iam::000000000000:role/logs"
    change = [{"op": "replace", "path": "/cloudwatchRoleArn", "value": role}]
    assert apigateway.update_account(patchOperations=change)["cloudwatchRoleArn"] == role
    assert apigateway.get_account()["cloudwatchRoleArn"] == role


def test_every_call_leaves_a_record(apigateway, installation):
    name = "recorded"
    api = apigateway.create_rest_api(name=name)["id"]
    with pytest.raises(apigateway.exceptions.NotFoundException):
        apigateway.get_rest_api(restApiId="nothing000")
    trail = installation.client("cloudtrail")

    def lookup(key, value):
        attribute = [{"AttributeKey": key, "AttributeValue": value}]
        pages = trail.get_paginator("lookup_events").paginate(LookupAttributes=attribute)
        return [event for page in pages for event in page["Events"]]

    created = [json.loads(event["CloudTrailEvent"]) for event in lookup("EventName", "CreateRestApi")]
    record = next(event for event in created if event["responseElements"]["id"] == api)
    assert name in json.dumps(record["requestParameters"])
    assert (record["eventSource"], record["readOnly"]) == ("apigateway.amazonaws.com", False)
    assert record["userIdentity"]["type"] == "Root"
    failed = [json.loads(event["CloudTrailEvent"]) for event in lookup("EventName", "GetRestApi")]
    assert any(event.get("errorCode") == "NotFoundException" for event in failed)
    assert lookup("EventSource", "apigateway.amazonaws.com") and lookup("ReadOnly", "true")
    assert all(event["AccessKeyId"] == installation.key[0] for event in lookup("AccessKeyId", installation.key[0]))
    secret = installation.key[1]
    assert all(secret not in event["CloudTrailEvent"] for event in lookup("EventSource", "apigateway.amazonaws.com"))
    apigateway.delete_rest_api(restApiId=api)


def test_another_region_is_refused(installation):
    elsewhere = installation.client("apigateway", region_name="eu-west-1")
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        elsewhere.get_rest_apis()
    assert caught.value.response["Error"]["Code"] == "InvalidSignatureException"
    assert "eu-west-1" in caught.value.response["Error"]["Message"]
