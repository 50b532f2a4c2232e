"""The verdicts on Lambda's calls, for the mutation test."""

import collections

from security.functions import closed, network, permitted, refused

# Shown by a test elsewhere: its file, and a text that it must hold.
Shown = collections.namedtuple("Shown", "file text")

LABEL = "a text or number that nothing decides by"
NAMES = "names what the call is about"
TAKES = "takes away what its counterpart gave; the rows of that undo it and see the outcome return"
GUARD = "a guard against acting on an old state: with a wrong one the call is refused"
TESTS = "crates/services/lambda/src/function/tests.rs"
RUNS = Shown("tests/clients/boto3/test_functions.py", "def test_a_function_answers_and_its_log_can_be_had")
ENVIRONMENT = Shown("tests/clients/boto3/test_functions.py", "def test_secrets_stay_out_of_the_records")
LAYERS = Shown("crates/services/lambda/src/layer/tests.rs", "fn a_function_keeps_a_layer_that_is_gone")
VERSIONS = Shown(TESTS, "fn versions_are_published_kept_and_numbered_once")
WEIGHTS = Shown("crates/snapshot/src/function.rs", "fn a_qualifier_leads_to_a_version_and_a_weight_to_one_of_two")
S3 = {"S3Bucket": "bucket", "S3Key": "key"}


def named(*members):
    return dict.fromkeys(members, NAMES)


def settings(call):
    """What CreateFunction and UpdateFunctionConfiguration refuse alike."""
    provider = {"CapacityProviderArn": "arn:aws:lambda:us-east-1:000000000000:capacity-provider:p"}
    system = {"Arn": "arn:aws:elasticfilesystem:us-east-1:000000000000:access-point/fsap-00000000000000000", "LocalMountPath": "/mnt/a"}
    return {
        "Role": refused(call, Role="arn:aws:iam::000000000000:role/nobody"),
        "Runtime": refused(call, Runtime="java21"),
        "Timeout": refused(call, Timeout=901),
        "MemorySize": refused(call, MemorySize=10241),
        "VpcConfig": refused(call, VpcConfig={"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}),
        "DeadLetterConfig": refused(call, DeadLetterConfig={"TargetArn": "arn:aws:sqs:us-east-1:000000000000:q"}),
        "KMSKeyArn": refused(call, KMSKeyArn="arn:aws:kms:us-east-1:000000000000:key/k"),
        "TracingConfig": refused(call, TracingConfig={"Mode": "Active"}),
        "FileSystemConfigs": refused(call, FileSystemConfigs=[system]),
        "ImageConfig": refused(call, ImageConfig={"Command": ["x"]}),
        "EphemeralStorage": refused(call, EphemeralStorage={"Size": 1024}),
        "SnapStart": refused(call, SnapStart={"ApplyOn": "PublishedVersions"}),
        "LoggingConfig": refused(call, LoggingConfig={"LogFormat": "JSON"}),
        "CapacityProviderConfig": refused(call, CapacityProviderConfig={"LambdaManagedInstancesCapacityProviderConfig": provider}),
        "DurableConfig": refused(call, DurableConfig={"ExecutionTimeout": 10}),
        "AcceleratorConfig": refused(call, AcceleratorConfig={"AcceleratorMemorySize": 1}),
        "RuntimeConfig": refused(call, RuntimeConfig={"RuntimeArn": "arn:aws:lambda:us-east-1:000000000000:runtime:mutated", "RuntimeAlias": "a"}),
        "Environment": ENVIRONMENT,
        "Layers": LAYERS,
        "Handler": RUNS,
        "Description": LABEL,
        **named("FunctionName"),
    }


LAMBDA = {
    "CreateFunction": {
        **settings("create_function"),
        "Code": refused("create_function", Code=S3),
        "PackageType": refused("create_function", PackageType="Image"),
        "CodeSigningConfigArn": refused(
            "create_function", CodeSigningConfigArn="arn:aws:lambda:us-east-1:000000000000:code-signing-config:csc-00000000000000000"
        ),
        "Architectures": Shown("crates/services/lambda/src/rules/settings.rs", "fn code_for_another_machine_is_refused"),
        "PublishTo": refused("create_function", PublishTo="LATEST_PUBLISHED"),
        "TenancyConfig": refused("create_function", TenancyConfig={"TenantIsolationMode": "PER_TENANT"}),
        "Publish": VERSIONS,
        "Tags": network,
    },
    "UpdateFunctionConfiguration": {**settings("update_function_configuration"), "RevisionId": GUARD},
    "UpdateFunctionCode": {
        "ZipFile": refused("update_function_code", ZipFile=b"no archive"),
        "S3Bucket": refused("update_function_code", **S3),
        "S3Key": refused("update_function_code", **S3),
        "S3ObjectVersion": refused("update_function_code", **S3, S3ObjectVersion="1"),
        "S3ObjectStorageMode": refused("update_function_code", **S3, S3ObjectStorageMode="COPY"),
        "ImageUri": refused("update_function_code", ImageUri="image"),
        "SourceKMSKeyArn": refused("update_function_code", ZipFile=b"x", SourceKMSKeyArn="arn:aws:kms:us-east-1:000000000000:key/k"),
        "Architectures": Shown("crates/services/lambda/src/rules/settings.rs", "fn code_for_another_machine_is_refused"),
        "PublishTo": refused("update_function_code", PublishTo="LATEST_PUBLISHED"),
        "Publish": VERSIONS,
        "DryRun": Shown(TESTS, "fn code_and_configuration_change_and_a_stale_revision_changes_nothing"),
        "RevisionId": GUARD,
        **named("FunctionName"),
    },
    "PublishVersion": {
        "CodeSha256": GUARD,
        "RevisionId": GUARD,
        "PublishTo": refused("publish_version", PublishTo="LATEST_PUBLISHED"),
        "Description": LABEL,
        **named("FunctionName"),
    },
    "DeleteFunction": named("FunctionName", "Qualifier"),
    "CreateAlias": {
        "FunctionVersion": refused("create_alias", FunctionVersion="99"),
        "RoutingConfig": WEIGHTS,
        "Description": LABEL,
        **named("FunctionName", "Name"),
    },
    "UpdateAlias": {
        "FunctionVersion": refused("update_alias", FunctionVersion="99"),
        "RoutingConfig": WEIGHTS,
        "Description": LABEL,
        "RevisionId": GUARD,
        **named("FunctionName", "Name"),
    },
    "DeleteAlias": named("FunctionName", "Name"),
    "PutFunctionConcurrency": {
        "ReservedConcurrentExecutions": refused("put_function_concurrency", ReservedConcurrentExecutions=901),
        **named("FunctionName"),
    },
    "DeleteFunctionConcurrency": named("FunctionName"),
    "PublishLayerVersion": {
        "Content": refused("publish_layer_version", Content=S3),
        "CompatibleRuntimes": LABEL,
        "CompatibleArchitectures": LABEL,
        "LicenseInfo": LABEL,
        "Description": LABEL,
        **named("LayerName"),
    },
    "DeleteLayerVersion": named("LayerName", "VersionNumber"),
    "AddPermission": {
        "Principal": permitted(),
        "Action": closed(Action="lambda:GetFunction"),
        "Qualifier": permitted(Qualifier="1"),
        "SourceArn": closed(SourceArn="arn:aws:execute-api:us-east-1:000000000000:a1/*"),
        "SourceAccount": closed(SourceAccount="000000000000"),
        "EventSourceToken": refused("add_permission", EventSourceToken="token"),
        "PrincipalOrgID": refused("add_permission", PrincipalOrgID="o-1234567890"),
        "FunctionUrlAuthType": refused("add_permission", FunctionUrlAuthType="NONE"),
        "InvokedViaFunctionUrl": refused("add_permission", InvokedViaFunctionUrl=True),
        "RevisionId": GUARD,
        **named("FunctionName", "StatementId"),
    },
    "RemovePermission": {"StatementId": TAKES, "Qualifier": TAKES, "RevisionId": GUARD, **named("FunctionName")},
    "TagResource": {"Tags": network, **named("Resource")},
    "UntagResource": {"TagKeys": TAKES, **named("Resource")},
}
