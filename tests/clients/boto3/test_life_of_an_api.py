"""boto3 makes, changes, deploys, invokes, exports and deletes an API."""

import json

import pytest


@pytest.fixture
def api(apigateway, upstream):
    """An API with one route to the upstream and a mock, deployed to the stage `dev`."""
    api = apigateway.create_rest_api(name="life", description="of an API", tags={"team": "a"})["id"]
    build(apigateway, api)
    apigateway.create_deployment(restApiId=api, stageName="dev", variables={"upstream": upstream.address})
    yield api
    try:
        apigateway.delete_rest_api(restApiId=api)
    except apigateway.exceptions.NotFoundException:
        pass


def build(apigateway, api):
    root = apigateway.get_resources(restApiId=api)["items"][0]
    assert root["path"] == "/"
    pets = apigateway.create_resource(restApiId=api, parentId=root["id"], pathPart="pets")
    pet = apigateway.create_resource(restApiId=api, parentId=pets["id"], pathPart="{petId}")
    health = apigateway.create_resource(restApiId=api, parentId=root["id"], pathPart="health")
    assert (pet["path"], pet["parentId"]) == ("/pets/{petId}", pets["id"])
    one = {"restApiId": api, "resourceId": pet["id"], "httpMethod": "GET"}
    apigateway.put_method(**one, authorizationType="NONE", requestParameters={"method.request.path.petId": True})
    apigateway.put_integration(
        **one,
        type="HTTP_PROXY",
        integrationHttpMethod="GET",
        uri="http://${stageVariables.upstream}/pets/{id}",
        requestParameters={"integration.request.path.id": "method.request.path.petId"},
    )
    mock = {"restApiId": api, "resourceId": health["id"], "httpMethod": "GET"}
    apigateway.put_method(**mock, authorizationType="NONE")
    apigateway.put_method_response(**mock, statusCode="200", responseModels={"application/json": "Empty"})
    apigateway.put_integration(**mock, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
    apigateway.put_integration_response(
        **mock, statusCode="200", responseTemplates={"application/json": '{"status": "ok"}'}
    )


def test_what_was_made_can_be_read_back(apigateway, api):
    read = apigateway.get_rest_api(restApiId=api)
    assert (read["name"], read["description"], read["tags"]) == ("life", "of an API", {"team": "a"})
    assert read["endpointConfiguration"]["types"]
    resources = apigateway.get_resources(restApiId=api, embed=["methods"])["items"]
    assert sorted(resource["path"] for resource in resources) == ["/", "/health", "/pets", "/pets/{petId}"]
    pet = next(resource for resource in resources if resource["path"] == "/pets/{petId}")
    integration = pet["resourceMethods"]["GET"]["methodIntegration"]
    assert (integration["type"], integration["timeoutInMillis"]) == ("HTTP_PROXY", 29000)
    assert apigateway.get_stage(restApiId=api, stageName="dev")["stageName"] == "dev"


def test_a_deployed_api_answers_over_tls(installation, api):
    answer = installation.invoke(api, "/dev/pets/7?color=red", headers={"X-Mine": "1"})
    assert answer.status == 200, answer.data
    echo = json.loads(answer.data)
    assert (echo["method"], echo["path"], echo["headers"]["x-mine"]) == ("GET", "/pets/7?color=red", "1")
    assert answer.headers["x-amzn-RequestId"] and answer.headers["x-amz-apigw-id"]
    assert json.loads(installation.invoke(api, "/dev/health").data) == {"status": "ok"}
    missing = installation.invoke(api, "/dev/nowhere")
    assert (missing.status, json.loads(missing.data)) == (403, {"message": "Missing Authentication Token"})


def test_a_stage_patch_works_at_once(apigateway, installation, api):
    dead = [{"op": "replace", "path": "/variables/upstream", "value": "127.0.0.1:9"}]
    stage = apigateway.update_stage(restApiId=api, stageName="dev", patchOperations=dead)
    assert stage["variables"]["upstream"] == "127.0.0.1:9"
    assert installation.invoke(api, "/dev/pets/7").status in (500, 502, 504)
    named = [
        {"op": "replace", "path": "/description", "value": "patched"},
        {"op": "replace", "path": "/variables/with~1slash", "value": "x"},
    ]
    with pytest.raises(apigateway.exceptions.BadRequestException):
        apigateway.update_stage(restApiId=api, stageName="dev", patchOperations=named)
    assert "description" not in apigateway.get_stage(restApiId=api, stageName="dev")


def test_a_change_waits_for_its_deployment(apigateway, installation, api, upstream):
    root = next(r for r in apigateway.get_resources(restApiId=api)["items"] if r["path"] == "/")
    new = {"restApiId": api, "resourceId": root["id"], "httpMethod": "GET"}
    apigateway.put_method(**new, authorizationType="NONE")
    apigateway.put_integration(
        **new, type="HTTP_PROXY", integrationHttpMethod="GET", uri=f"http://{upstream.address}/root"
    )
    assert installation.invoke(api, "/dev").status == 403
    apigateway.create_deployment(restApiId=api, stageName="dev")
    assert json.loads(installation.invoke(api, "/dev").data)["path"] == "/root"


@pytest.mark.parametrize("kind", ["oas30", "swagger"])
def test_an_export_can_be_imported_again(apigateway, installation, api, kind, upstream):
    export = {"restApiId": api, "stageName": "dev", "exportType": kind, "parameters": {"extensions": "integrations"}}
    document = apigateway.get_export(**export, accepts="application/json")["body"].read()
    parsed = json.loads(document)
    assert set(parsed["paths"]) == {"/health", "/pets/{petId}"}
    again = apigateway.import_rest_api(body=document)["id"]
    apigateway.create_deployment(restApiId=again, stageName="dev", variables={"upstream": upstream.address})
    assert json.loads(installation.invoke(again, "/dev/pets/7").data)["path"] == "/pets/7"
    assert b"paths:" in apigateway.get_export(**export, accepts="application/yaml")["body"].read()
    apigateway.delete_rest_api(restApiId=again)


def test_a_deleted_api_is_gone(apigateway, installation, api):
    apigateway.delete_rest_api(restApiId=api)
    with pytest.raises(apigateway.exceptions.NotFoundException):
        apigateway.get_rest_api(restApiId=api)
    gone = installation.invoke(api, "/dev/health")
    assert (gone.status, json.loads(gone.data)) == (403, {"message": "Forbidden"})


def test_every_deletion_takes_only_its_own(apigateway, api):
    health = next(r for r in apigateway.get_resources(restApiId=api)["items"] if r["path"] == "/health")
    method = {"restApiId": api, "resourceId": health["id"], "httpMethod": "GET"}
    apigateway.delete_integration_response(**method, statusCode="200")
    apigateway.delete_method_response(**method, statusCode="200")
    apigateway.delete_integration(**method)
    apigateway.delete_method(**method)
    apigateway.delete_resource(restApiId=api, resourceId=health["id"])
    assert len(apigateway.get_resources(restApiId=api)["items"]) == 3
    deployment = apigateway.get_stage(restApiId=api, stageName="dev")["deploymentId"]
    with pytest.raises(apigateway.exceptions.BadRequestException):
        apigateway.delete_deployment(restApiId=api, deploymentId=deployment)
    apigateway.delete_stage(restApiId=api, stageName="dev")
    apigateway.delete_deployment(restApiId=api, deploymentId=deployment)
    assert apigateway.get_deployments(restApiId=api)["items"] == []
