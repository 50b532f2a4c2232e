"""What is not enforced yet is refused at the call that asks for it: nothing is ever silently open."""

import pytest
from botocore.exceptions import ClientError


@pytest.fixture
def api(apigateway):
    api = apigateway.create_rest_api(name="refusals")["id"]
    yield api
    apigateway.delete_rest_api(restApiId=api)


@pytest.fixture
def root(apigateway, api):
    return apigateway.get_resources(restApiId=api)["items"][0]["id"]


def refused(call, **arguments):
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    answer = caught.value.response
    assert 400 <= answer["ResponseMetadata"]["HTTPStatusCode"] < 500, answer
    assert answer["Error"]["Code"].endswith("Exception") and answer["Error"]["Message"], answer


@pytest.mark.parametrize(
    "setting",
    [
        {"endpointConfiguration": {"types": ["PRIVATE"]}},
        {"policy": '{"Version": "2012-10-17", "Statement": []}'},
        {"minimumCompressionSize": 0},
    ],
    ids=lambda setting: next(iter(setting)),
)
def test_an_api_setting_without_enforcement_is_refused(apigateway, setting):
    names = {api["name"] for api in apigateway.get_rest_apis(limit=500)["items"]}
    refused(apigateway.create_rest_api, name="too much", **setting)
    assert {api["name"] for api in apigateway.get_rest_apis(limit=500)["items"]} == names


@pytest.mark.parametrize(
    "setting",
    [
        {"authorizationType": "CUSTOM", "authorizerId": "abc123"},
        {"authorizationType": "COGNITO_USER_POOLS", "authorizerId": "abc123"},
        {"authorizationType": "NONE", "requestValidatorId": "abc123"},
        {"authorizationType": "NONE", "requestModels": {"application/json": "Pet"}},
    ],
    ids=str,
)
def test_a_method_setting_without_enforcement_is_refused(apigateway, api, root, setting):
    refused(apigateway.put_method, restApiId=api, resourceId=root, httpMethod="GET", **setting)


@pytest.mark.parametrize(
    "setting",
    [
        {"type": "AWS", "integrationHttpMethod": "POST", "uri": "arn:aws:apigateway:us-east-1:sns:action/Publish"},
        {"type": "AWS_PROXY", "integrationHttpMethod": "POST", "uri": "arn:aws:apigateway:us-east-1:lambda:path/x"},
        {"type": "MOCK", "requestTemplates": {"application/json": "#set($a = 1)$a"}},
        {
            "type": "HTTP_PROXY",
            "integrationHttpMethod": "GET",
            "uri": "http://127.0.0.1/",
            "connectionType": "VPC_LINK",
            "connectionId": "abc123",
        },
        {
            "type": "HTTP_PROXY",
            "integrationHttpMethod": "GET",
            "uri": "http://127.0.0.1/",
            "cacheKeyParameters": ["method.request.querystring.a"],
        },
    ],
    ids=str,
)
def test_an_integration_without_enforcement_is_refused(apigateway, api, root, setting):
    method = {"restApiId": api, "resourceId": root, "httpMethod": "GET"}
    apigateway.put_method(**method, authorizationType="NONE")
    refused(apigateway.put_integration, **method, **setting)


@pytest.mark.parametrize(
    "setting",
    [
        {"cacheClusterEnabled": True, "cacheClusterSize": "0.5"},
        {"canarySettings": {"percentTraffic": 10.0}},
        {"tracingEnabled": True},
    ],
    ids=lambda setting: next(iter(setting)),
)
def test_a_stage_setting_without_enforcement_is_refused(apigateway, api, root, setting):
    method = {"restApiId": api, "resourceId": root, "httpMethod": "GET"}
    apigateway.put_method(**method, authorizationType="NONE")
    apigateway.put_integration(**method, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
    deployment = apigateway.create_deployment(restApiId=api)["id"]
    refused(apigateway.create_stage, restApiId=api, stageName="much", deploymentId=deployment, **setting)


def test_later_capabilities_are_refused_by_name(apigateway, api):
    refused(apigateway.create_authorizer, restApiId=api, name="a", type="TOKEN")
    refused(apigateway.create_model, restApiId=api, name="a", contentType="application/json")
    refused(apigateway.create_request_validator, restApiId=api, name="a")
    refused(apigateway.create_domain_name, domainName="a.example")
    refused(apigateway.generate_client_certificate)
    refused(apigateway.create_vpc_link, name="a", targetArns=["arn:aws:elasticloadbalancing:x"])
