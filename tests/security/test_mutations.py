"""Every property that protects, set on a running node: some request's outcome changes, or the call that sets it is refused.

The properties are the members of AWS's own calls. A call of ours without a row, or a member without a verdict, fails.
"""

import pathlib

import pytest

from clients.signing.test_signed_apis import document, invoke
from security.lambda_rows import LAMBDA, Shown
from security.mutations import S3_ONLY, TRUSTING, World
from security.wafv2_rows import WAFV2
from support import binary, models

ROOT = pathlib.Path(__file__).parents[2]

LABEL = "a text or number that nothing decides by"
NAMES = "names what the call is about"
TAKES = "takes away what its counterpart gave; the rows of that undo it and see the outcome return"
NO_USE = "nothing here uses it to decide: roles are handed to no instance, and aliases name no account to policies"
DENY = document(invoke("Deny", "*"))
READ_ONLY = "arn:aws:iam::aws:policy/IAMReadOnlyAccess"
PROVIDER = Shown("tests/clients/boto3/test_sessions.py", "def test_a_web_identity_becomes_a_session")
TOKENS = Shown("crates/services/sts/src/web_tokens/tests.rs", "fn a_hostile_token_proves_nothing")
# The members of these calls, and the paths of their patches, have verdicts of their own there.
INPUTS = "crates/services/apigateway/src/silently_open/input_table.rs"
AUTHORIZERS = "crates/gateway/tests/suite/authorizers.rs"
FUNCTIONS = "crates/gateway/tests/suite/functions.rs"
PATCHES = "crates/services/apigateway/src/silently_open/patch_table.rs"


def named(*members):
    return dict.fromkeys(members, NAMES)


def labels(*members):
    return dict.fromkeys(members, LABEL)


GATEWAY = {
    "CreateRestApi": {
        "policy": lambda world: world.patched("/policy", DENY, ""),
        "disableExecuteApiEndpoint": lambda world: world.patched("/disableExecuteApiEndpoint", "true", "false"),
        "endpointConfiguration": lambda world: world.new_api(endpointConfiguration={"types": ["PRIVATE"]}),
        "apiKeySource": lambda world: world.metered().source(),
        "minimumCompressionSize": lambda world: world.new_api(minimumCompressionSize=0),
        "endpointAccessMode": lambda world: world.new_api(endpointAccessMode="STRICT"),
        "securityPolicy": lambda world: world.new_api(securityPolicy="SecurityPolicy_TLS13_1_3_2025_09"),
        "cloneFrom": Shown("crates/services/apigateway/src/rest_api/create.rs", "source.disable_execute_api_endpoint"),
        **labels("name", "description", "version", "binaryMediaTypes", "tags"),
    },
    "PutMethod": {
        "authorizationType": lambda world: world.authorization(),
        "authorizerId": lambda world: world.method(authorizerId="abc"),
        "apiKeyRequired": lambda world: world.metered().required(),
        "requestValidatorId": lambda world: world.method(requestValidatorId="abc"),
        "authorizationScopes": lambda world: world.method(authorizationScopes=["read"]),
        **named("restApiId", "resourceId", "httpMethod"),
        **labels("operationName", "requestParameters", "requestModels"),
    },
    "CreateAuthorizer": {
        "authorizerUri": lambda world: world.authorizer(),
        "type": lambda world: world.new_authorizer(type="COGNITO_USER_POOLS"),
        "providerARNs": lambda world: world.new_authorizer(providerARNs=["arn:aws:cognito-idp:us-east-1:000000000000:userpool/x"]),
        "jwtConfiguration": lambda world: world.new_authorizer(
            type="JWT",
            jwtConfiguration={"issuers": [{"issuer": "https://issuer.example", "audiences": ["pets"]}], "defaultAlgorithms": ["RS256"]},
        ),
        "authorizerCredentials": Shown(FUNCTIONS, "fn a_role_invokes_what_it_may_where_it_trusts_api_gateway"),
        "identitySource": Shown(AUTHORIZERS, "fn without_an_identity_nobody_is_asked"),
        "identityValidationExpression": Shown(AUTHORIZERS, "fn without_an_identity_nobody_is_asked"),
        "authorizerResultTtlInSeconds": Shown(AUTHORIZERS, "fn an_answer_counts_for_its_identity_until_its_hour"),
        **named("restApiId"),
        **labels("name", "authType"),
    },
    "FlushStageAuthorizersCache": Shown("crates/compiler/tests/compile.rs", "fn answers_from_before_a_flush_are_found_no_more"),
    **{
        call: Shown(INPUTS, f'("{call}", ')
        for call in [
            "CreateDeployment", "CreateResource", "CreateStage", "ImportRestApi", "PutIntegration",
            "PutIntegrationResponse", "PutMethodResponse", "PutRestApi",
        ]
    },
    **{
        call: Shown(PATCHES, f'("{call}", ')
        for call in [
            "UpdateAccount", "UpdateApiKey", "UpdateAuthorizer", "UpdateDeployment", "UpdateIntegration",
            "UpdateIntegrationResponse", "UpdateMethod", "UpdateMethodResponse", "UpdateResource", "UpdateRestApi",
            "UpdateStage", "UpdateUsage", "UpdateUsagePlan",
        ]
    },
    **{
        f"Delete{what}": {name: NAMES for name in names}
        for what, names in {
            "Authorizer": ["restApiId", "authorizerId"],
            "Deployment": ["restApiId", "deploymentId"],
            "Integration": ["restApiId", "resourceId", "httpMethod"],
            "IntegrationResponse": ["restApiId", "resourceId", "httpMethod", "statusCode"],
            "Method": ["restApiId", "resourceId", "httpMethod"],
            "MethodResponse": ["restApiId", "resourceId", "httpMethod", "statusCode"],
            "Resource": ["restApiId", "resourceId"],
            "RestApi": ["restApiId"],
            "Stage": ["restApiId", "stageName"],
        }.items()
    },
    "CreateApiKey": {
        "enabled": lambda world: world.metered().enabled(),
        "value": lambda world: world.metered().value(),
        "stageKeys": lambda world: world.refused(
            world.api.client.create_api_key, stageKeys=[{"restApiId": "a1", "stageName": "prod"}]
        ),
        "generateDistinctId": "an id never tells the value, whatever is asked for",
        **labels("name", "description", "customerId", "tags"),
    },
    "ImportApiKeys": Shown("crates/services/apigateway/src/api_key/import.rs", "fn bad_rows_are_warnings"),
    "CreateUsagePlan": {
        "apiStages": lambda world: world.metered().stages(),
        "throttle": lambda world: world.metered().throttle(),
        "quota": lambda world: world.metered().quota(),
        **labels("name", "description", "tags"),
    },
    "CreateUsagePlanKey": {"keyId": lambda world: world.metered().joined(), **named("usagePlanId", "keyType")},
    "DeleteApiKey": Shown("tests/clients/boto3/test_metering.py", "delete_api_key(apiKey=key)"),
    **dict.fromkeys(["DeleteUsagePlan", "DeleteUsagePlanKey"], TAKES),
    "TagResource": {"resourceArn": NAMES, "tags": LABEL},
    "UntagResource": {"resourceArn": NAMES, "tagKeys": LABEL},
}

USERS = {
    "CreateUser": {
        "PermissionsBoundary": lambda world: world.born_bounded("user"),
        "Tags": lambda world: world.born_tagged("user"),
        **named("Path", "UserName"),
    },
    "CreateAccessKey": named("UserName"),
    "UpdateAccessKey": {"Status": lambda world: world.status(), **named("UserName", "AccessKeyId")},
    "DeleteAccessKey": TAKES,
    "UpdateUser": Shown("crates/control/tests/calls/users.rs", "fn a_renamed_user_signs_on_under_its_new_name"),
    "DeleteUser": Shown("crates/control/tests/calls/sessions.rs", "fn a_session_ends_with_its_user"),
    "PutUserPolicy": {
        "PolicyDocument": lambda world: world.inline("user", "mutated-nobody"),
        **named("UserName", "PolicyName"),
    },
    "AttachUserPolicy": {"PolicyArn": lambda world: world.attached("user", "mutated-nobody"), **named("UserName")},
    "PutUserPermissionsBoundary": {"PermissionsBoundary": lambda world: world.boundary(), **named("UserName")},
    "TagUser": {
        "Tags": lambda world: world.tag(world.iam.tag_user, world.iam.untag_user, "UserName"),
        **named("UserName"),
    },
    **dict.fromkeys(["DeleteUserPolicy", "DetachUserPolicy", "DeleteUserPermissionsBoundary", "UntagUser"], TAKES),
    "CreateGroup": named("Path", "GroupName"),
    "UpdateGroup": "renames: members and policies go along, and nothing but the ARN that policies name is another",
    "AddUserToGroup": {"GroupName": lambda world: world.member(), **named("UserName")},
    "PutGroupPolicy": {
        "PolicyDocument": lambda world: world.inline("group", "mutated"),
        **named("GroupName", "PolicyName"),
    },
    "AttachGroupPolicy": {"PolicyArn": lambda world: world.attached("group", "mutated"), **named("GroupName")},
    **dict.fromkeys(["RemoveUserFromGroup", "DeleteGroupPolicy", "DetachGroupPolicy", "DeleteGroup"], TAKES),
}

ROLES = {
    "CreateRole": {
        "AssumeRolePolicyDocument": lambda world: world.trust(),
        "MaxSessionDuration": lambda world: world.too_long(MaxSessionDuration=7200),
        "MaxSigninSessionDuration": lambda world: world.refused(
            world.iam.create_role,
            RoleName="mutated-signin",
            AssumeRolePolicyDocument=TRUSTING,
            MaxSigninSessionDuration=3600,
        ),
        "PermissionsBoundary": lambda world: world.born_bounded("role"),
        "Tags": lambda world: world.born_tagged("role"),
        **named("Path", "RoleName"),
        **labels("Description"),
    },
    "UpdateRole": {
        "MaxSessionDuration": lambda world: world.longer(),
        "MaxSigninSessionDuration": lambda world: world.refused(
            world.iam.update_role, RoleName="mutated-role", MaxSigninSessionDuration=3600
        ),
        "ResetMaxSigninSessionDuration": lambda world: world.refused(
            world.iam.update_role, RoleName="mutated-role", ResetMaxSigninSessionDuration=True
        ),
        **named("RoleName"),
        **labels("Description"),
    },
    "UpdateRoleDescription": {**named("RoleName"), **labels("Description")},
    "UpdateAssumeRolePolicy": {"PolicyDocument": lambda world: world.trust(), **named("RoleName")},
    "DeleteRole": Shown("crates/control/tests/calls/sessions.rs", "fn a_session_that_is_named_ends_with_its_role"),
    "PutRolePolicy": {
        "PolicyDocument": lambda world: world.inline("role", "mutated-role"),
        **named("RoleName", "PolicyName"),
    },
    "AttachRolePolicy": {"PolicyArn": lambda world: world.attached("role", "mutated-role"), **named("RoleName")},
    "PutRolePermissionsBoundary": {
        "PermissionsBoundary": lambda world: world.boundary("role", "mutated-role"),
        **named("RoleName"),
    },
    "TagRole": {
        "Tags": lambda world: world.tag(world.iam.tag_role, world.iam.untag_role, "RoleName"),
        **named("RoleName"),
    },
    **dict.fromkeys(["DeleteRolePolicy", "DetachRolePolicy", "DeleteRolePermissionsBoundary", "UntagRole"], TAKES),
}

POLICIES = {
    "CreatePolicy": {
        "PolicyDocument": lambda world: world.made_policy("mutated-made"),
        **named("PolicyName", "Path"),
        **labels("Description", "Tags"),
    },
    "CreatePolicyVersion": {
        "PolicyDocument": lambda world: world.version(),
        "SetAsDefault": lambda world: world.version(),
        **named("PolicyArn"),
    },
    "SetDefaultPolicyVersion": {"VersionId": lambda world: world.version(), **named("PolicyArn")},
    **dict.fromkeys(["DeletePolicy", "DeletePolicyVersion"], TAKES),
    "TagPolicy": {"PolicyArn": NAMES, "Tags": LABEL},
    "UntagPolicy": {"PolicyArn": NAMES, "TagKeys": LABEL},
}

OTHERS = {
    "CreateOpenIDConnectProvider": {
        "Url": PROVIDER,
        "ClientIDList": TOKENS,
        "ThumbprintList": Shown("tests/clients/boto3/test_sessions.py", "update_open_id_connect_provider_thumbprint"),
        "ContextProvider": lambda world: world.provider(ContextProvider={"SubjectSourceKey": "sub"}),
        "IdentityCenterInstanceArn": Shown("crates/services/iam/src/oidc_provider/tests.rs", "IdentityCenterInstanceArn"),
        "Tags": LABEL,
    },
    **dict.fromkeys(["AddClientIDToOpenIDConnectProvider", "RemoveClientIDFromOpenIDConnectProvider"], TOKENS),
    "UpdateOpenIDConnectProviderThumbprint": Shown("tests/clients/boto3/test_sessions.py", "update_open_id_connect_provider_thumbprint"),
    "DeleteOpenIDConnectProvider": TAKES,
    **dict.fromkeys(["TagOpenIDConnectProvider", "UntagOpenIDConnectProvider"], LABEL),
    **dict.fromkeys(
        [
            "CreateInstanceProfile", "DeleteInstanceProfile", "AddRoleToInstanceProfile", "RemoveRoleFromInstanceProfile",
            "TagInstanceProfile", "UntagInstanceProfile", "CreateAccountAlias", "DeleteAccountAlias", "DeleteLoginProfile",
        ],
        NO_USE,
    ),
}

SESSIONS = {
    "AssumeRole": {
        "Policy": lambda world: world.session(Policy=S3_ONLY),
        "PolicyArns": lambda world: world.session(PolicyArns=[{"arn": READ_ONLY}]),
        "DurationSeconds": lambda world: world.too_long(),
        "ExternalId": lambda world: world.trusted_when({"StringEquals": {"sts:ExternalId": "x1"}}, ExternalId="x1"),
        "SourceIdentity": lambda world: world.when({"StringEquals": {"aws:SourceIdentity": "me"}}, SourceIdentity="me"),
        "Tags": lambda world: world.when(
            {"StringEquals": {"aws:PrincipalTag/team": "pets"}}, Tags=[{"Key": "team", "Value": "pets"}]
        ),
        "RoleSessionName": lambda world: world.trusted_when(
            {"StringEquals": {"sts:RoleSessionName": "named"}}, RoleSessionName="named"
        ),
        "SerialNumber": lambda world: world.assumption(SerialNumber="arn:aws:iam::000000000000:mfa/x", TokenCode="123456"),
        "TokenCode": lambda world: world.assumption(TokenCode="123456"),
        "ProvidedContexts": lambda world: world.assumption(
            ProvidedContexts=[{"ProviderArn": "arn:aws:iam::aws:contextProvider/x", "ContextAssertion": "xxxx"}]
        ),
        "TransitiveTagKeys": Shown("crates/control/tests/calls/sessions.rs", "TransitiveTagKeys"),
        **named("RoleArn"),
        **labels("MinimumSessionTokenSize"),
    },
    "AssumeRoleWithWebIdentity": {
        "WebIdentityToken": TOKENS,
        "Policy": Shown("crates/services/sts/src/tests.rs", "fn a_web_identity_becomes_a_session_where_the_role_trusts_it"),
        "PolicyArns": LABEL + " but what AssumeRole's does: one reader serves both",
        "DurationSeconds": LABEL + " but what AssumeRole's does: one reader serves both",
        "ProviderId": Shown("crates/services/sts/src/assume_role_with_web_identity.rs", "provider_id"),
        **named("RoleArn", "RoleSessionName"),
        **labels("MinimumSessionTokenSize"),
    },
    "GetSessionToken": {
        "SerialNumber": lambda world: world.refused(
            world.sts_of_caller().get_session_token, SerialNumber="arn:aws:iam::000000000000:mfa/x", TokenCode="123456"
        ),
        "TokenCode": lambda world: world.refused(world.sts_of_caller().get_session_token, TokenCode="123456"),
        "DurationSeconds": lambda world: world.refused(world.sts_of_caller().get_session_token, DurationSeconds=129601),
        **labels("MinimumSessionTokenSize"),
    },
}

VERDICTS = {
    **{("apigateway", call): verdict for call, verdict in GATEWAY.items()},
    **{("iam", call): verdict for call, verdict in {**USERS, **ROLES, **POLICIES, **OTHERS}.items()},
    **{("sts", call): verdict for call, verdict in SESSIONS.items()},
    **{("lambda", call): verdict for call, verdict in LAMBDA.items()},
    **{("wafv2", call): verdict for call, verdict in WAFV2.items()},
}
# Calls that only read change nothing; those of sts hand out credentials, though they write no record.
READS = {("sts", call) for call in ["DecodeAuthorizationMessage", "GetAccessKeyInfo", "GetCallerIdentity"]}
TABLES = [(service, call) for (service, call), verdict in VERDICTS.items() if isinstance(verdict, dict)]
ROWS = [(service, call, member) for service, call in TABLES for member, row in VERDICTS[service, call].items() if callable(row)]


@pytest.fixture(scope="module")
def world(installation):
    return World(installation)


def test_every_call_that_changes_anything_has_a_verdict():
    services = {name: table for name, table in binary.shapes().items() if name != models.OWN}
    changing = {
        (service, call)
        for service, table in services.items()
        for call, card in table["operations"].items()
        if card["kind"] == "write" or service == "sts"
    }
    assert set(VERDICTS) == changing - READS


@pytest.mark.parametrize("service, call", TABLES)
def test_every_member_has_a_verdict(service, call):
    known = set(models.service(service).operation_model(call).input_shape.members)
    assert set(VERDICTS[service, call]) == known


def test_what_is_shown_elsewhere_is_there():
    rows = [row for verdict in VERDICTS.values() for row in (verdict.values() if isinstance(verdict, dict) else [verdict])]
    for row in rows:
        if isinstance(row, Shown):
            assert row.text in (ROOT / row.file).read_text(), row


@pytest.mark.parametrize("service, call, member", ROWS)
def test_what_protects_changes_an_outcome_or_is_refused(world, service, call, member):
    VERDICTS[service, call][member](world)
