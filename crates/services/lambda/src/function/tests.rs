//! Functions from their making to their end.

use operation::testing::{ACCOUNT, FOREIGN, World};
use serde_json::{Value as Json, json};

use crate::testing::{archive, archive_of, arn, bytes, call, create, input, put_role, role, role_arn, world, zipped};

async fn refused(world: &World, name: &str, input: Json) -> (String, String) {
    call(world, name, input).await.expect_err(name)
}

#[tokio::test]
async fn a_function_is_answered_with_the_defaults_of_aws() {
    let world = world().await;
    let made = create(&world, "f", json!({})).await;
    let revision = made["RevisionId"].clone();
    let sha256 = made["CodeSha256"].clone();
    assert_eq!(
        made,
        json!({
            "FunctionName": "f", "FunctionArn": arn("f"), "Runtime": "python3.12", "Role": role_arn("runner"),
            "Handler": "app.handler", "CodeSize": archive("x = 1").len(), "CodeSha256": sha256, "Description": "",
            "Timeout": 3, "MemorySize": 128, "LastModified": "2026-01-02T03:04:05.678+0000", "Version": "$LATEST",
            "TracingConfig": {"Mode": "PassThrough"}, "RevisionId": revision, "State": "Active",
            "LastUpdateStatus": "Successful", "PackageType": "Zip", "Architectures": [made["Architectures"][0]],
            "EphemeralStorage": {"Size": 512}, "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
            "LoggingConfig": {"LogFormat": "Text", "LogGroup": "/aws/lambda/f"},
        })
    );
    assert_eq!(world.ok("GetFunctionConfiguration", json!({"FunctionName": "f"})).await, made);
    let whole = world.ok("GetFunction", json!({"FunctionName": arn("f")})).await;
    assert_eq!((&whole["Configuration"], &whole["Code"]), (&made, &json!({"RepositoryType": "S3"})));
    assert_eq!(world.ok("ListFunctions", json!({})).await, json!({"Functions": [made]}));
    assert_eq!(refused(&world, "CreateFunction", input("f", json!({}))).await.0, "ResourceConflictException");
    world.ok("DeleteFunction", json!({"FunctionName": "f"})).await;
    let missing = ("ResourceNotFoundException".to_owned(), format!("Function not found: {}", arn("f")));
    assert_eq!(world.refused("GetFunction", json!({"FunctionName": "f"})).await, missing);
    assert_eq!(world.refused("DeleteFunction", json!({"FunctionName": "f"})).await, missing);
}

#[tokio::test]
async fn a_function_belongs_to_its_account() {
    let world = world().await;
    create(&world, "f", json!({})).await;
    let foreign = World::root(FOREIGN);
    assert!(world.call_as(&foreign, "GetFunction", json!({"FunctionName": "f"})).await.is_err());
    assert_eq!(world.call_as(&foreign, "ListFunctions", json!({})).await, Ok(json!({"Functions": []})));
}

#[tokio::test]
async fn what_is_not_enforced_is_refused_by_name() {
    let world = world().await;
    for (more, property) in [
        (json!({"VpcConfig": {"SubnetIds": ["subnet-1"]}}), "VpcConfig"),
        (json!({"DeadLetterConfig": {"TargetArn": "arn:aws:sqs:eu-west-1:1:q"}}), "DeadLetterConfig"),
        (json!({"KMSKeyArn": "arn:aws:kms:eu-west-1:1:key/k"}), "KMSKeyArn"),
        (json!({"FileSystemConfigs": [{"Arn": "a", "LocalMountPath": "/mnt/a"}]}), "FileSystemConfigs"),
        (json!({"ImageConfig": {"Command": ["x"]}}), "ImageConfig"),
        (json!({"PackageType": "Image"}), "PackageType Image"),
        (json!({"TracingConfig": {"Mode": "Active"}}), "TracingConfig"),
        (json!({"SnapStart": {"ApplyOn": "PublishedVersions"}}), "SnapStart"),
        (json!({"EphemeralStorage": {"Size": 1024}}), "EphemeralStorage"),
        (json!({"LoggingConfig": {"LogFormat": "JSON"}}), "LoggingConfig"),
        (json!({"LoggingConfig": {"LogGroup": "/elsewhere"}}), "log group"),
        (json!({"LoggingConfig": {"SystemLogLevel": "DEBUG"}}), "log level"),
        (json!({"CodeSigningConfigArn": "arn:x"}), "CodeSigningConfigArn"),
        (json!({"DurableConfig": {"ExecutionTimeout": 1}}), "DurableConfig"),
        (json!({"TenancyConfig": {"TenantIsolationMode": "PER_TENANT"}}), "TenancyConfig"),
        (json!({"PublishTo": "LATEST_PUBLISHED"}), "PublishTo"),
        (json!({"Code": {"S3Bucket": "b", "S3Key": "k"}}), "S3"),
        (json!({"Code": {"ImageUri": "i"}}), "ImageUri"),
        (json!({"Runtime": "java21"}), "java21"),
        (json!({"Runtime": "nodejs16.x"}), "nodejs16.x"),
    ] {
        let (code, message) = refused(&world, "CreateFunction", input("f", more.clone())).await;
        assert_eq!(code, "InvalidParameterValueException", "{more}: {message}");
        assert!(message.contains(property) && message.contains("refused"), "{more}: {message}");
    }
    assert_eq!(world.ok("ListFunctions", json!({})).await, json!({"Functions": []}));
}

#[tokio::test]
async fn what_is_true_anyway_may_be_said() {
    let world = world().await;
    let said = json!({
        "VpcConfig": {"SubnetIds": [], "SecurityGroupIds": []}, "TracingConfig": {"Mode": "PassThrough"},
        "SnapStart": {"ApplyOn": "None"}, "EphemeralStorage": {"Size": 512}, "PackageType": "Zip",
        "LoggingConfig": {"LogFormat": "Text", "LogGroup": "/aws/lambda/f"}, "DeadLetterConfig": {},
    });
    create(&world, "f", said).await;
}

#[tokio::test]
async fn bad_settings_are_refused_before_anything_is_stored() {
    let world = world().await;
    let long = "x".repeat(4097);
    let empty = archive_of(&[]);
    for more in [
        json!({"FunctionName": "a/b"}),
        json!({"FunctionName": "f:1"}),
        json!({"FunctionName": format!("arn:aws:lambda:eu-west-1:{FOREIGN}:function:f")}),
        json!({"Timeout": 901}),
        json!({"MemorySize": 64}),
        json!({"Handler": null}),
        json!({"Runtime": null}),
        json!({"Description": long}),
        json!({"Environment": {"Variables": {"AWS_SECRET_ACCESS_KEY": "x"}}}),
        json!({"Environment": {"Variables": {"AB": long}}}),
        json!({"Code": {}}),
        json!({"Code": {"ZipFile": bytes(b"no archive")}}),
        json!({"Code": {"ZipFile": bytes(&empty)}}),
        json!({"Code": {"ZipFile": bytes(&archive_of(&[("../../etc/cron.d/x", b"x")]))}}),
        json!({"Layers": ["deps"]}),
        json!({"Layers": [format!("arn:aws:lambda:eu-west-1:{ACCOUNT}:layer:deps:1")]}),
        json!({"Layers": [format!("arn:aws:lambda:eu-west-1:{FOREIGN}:layer:deps:1")]}),
        json!({"Tags": {"portcullis:network": "yes"}}),
        json!({"Tags": {"aws:x": "y"}}),
        json!({"Architectures": ["mips"]}),
    ] {
        let refused = call(&world, "CreateFunction", input("f", more.clone())).await;
        assert!(refused.is_err(), "{more}");
        assert!(!format!("{refused:?}").contains(&long), "{more}");
    }
    assert_eq!(world.ok("ListFunctions", json!({})).await, json!({"Functions": []}));
}

#[tokio::test]
async fn a_role_must_exist_and_trust_lambda() {
    let world = world().await;
    let unassumable = "The role defined for the function cannot be assumed by Lambda.";
    for (role, code, message) in [
        (role_arn("nobody"), "InvalidParameterValueException", unassumable),
        (role_arn("stranger"), "InvalidParameterValueException", unassumable),
        (role_arn("path/runner"), "InvalidParameterValueException", unassumable),
        (
            format!("arn:aws:iam::{FOREIGN}:role/runner"),
            "AccessDeniedException",
            "Cross-account pass role is not allowed.",
        ),
    ] {
        let refused = refused(&world, "CreateFunction", input("f", json!({"Role": role}))).await;
        assert_eq!(refused, (code.to_owned(), message.to_owned()), "{role}");
    }
    for role in ["runner", "arn:aws:iam::1:role/runner", "arn:aws:s3:::runner", ""] {
        assert_eq!(refused(&world, "CreateFunction", input("f", json!({"Role": role}))).await.0, "ValidationException");
    }
    create(&world, "f", json!({})).await;
    let other = json!({"FunctionName": "f", "Role": role_arn("stranger")});
    assert_eq!(world.refused("UpdateFunctionConfiguration", other).await.1, unassumable);
}

#[tokio::test]
async fn a_trust_policy_may_name_the_function() {
    let world = world().await;
    let lambda = json!({"Service": "lambda.amazonaws.com"});
    let only = |arn: String| json!({"ArnLike": {"aws:SourceArn": arn}, "StringEquals": {"aws:SourceAccount": ACCOUNT}});
    put_role(&world, &role("own", &lambda, &only(arn("f")))).await;
    put_role(&world, &role("other", &lambda, &only(arn("g")))).await;
    create(&world, "f", json!({"Role": role_arn("own")})).await;
    let other = input("h", json!({"Role": role_arn("other")}));
    assert!(refused(&world, "CreateFunction", other).await.1.contains("cannot be assumed"));
}

#[tokio::test]
async fn code_and_configuration_change_and_a_stale_revision_changes_nothing() {
    let world = world().await;
    let first = create(&world, "f", json!({})).await;
    let dry = crate::testing::zipped("f", "x = 2");
    let mut dry = dry;
    dry["DryRun"] = json!(true);
    let tried = call(&world, "UpdateFunctionCode", dry).await.unwrap();
    assert_ne!(tried["CodeSha256"], first["CodeSha256"]);
    assert_eq!(world.ok("GetFunctionConfiguration", json!({"FunctionName": "f"})).await, first);

    let second = call(&world, "UpdateFunctionCode", zipped("f", "x = 2")).await.unwrap();
    assert_ne!((&second["CodeSha256"], &second["RevisionId"]), (&first["CodeSha256"], &first["RevisionId"]));
    let stale = json!({"FunctionName": "f", "Timeout": 9, "RevisionId": first["RevisionId"]});
    assert_eq!(world.refused("UpdateFunctionConfiguration", stale).await.0, "PreconditionFailedException");
    let mut stale = zipped("f", "x = 3");
    stale["RevisionId"] = first["RevisionId"].clone();
    assert_eq!(refused(&world, "UpdateFunctionCode", stale).await.0, "PreconditionFailedException");

    let change = json!({"FunctionName": "f", "Timeout": 9, "MemorySize": 256, "Description": "new", "Handler": "b.c",
        "Runtime": "nodejs22.x", "RevisionId": second["RevisionId"]});
    let third = world.ok("UpdateFunctionConfiguration", change).await;
    for (member, value) in [
        ("Timeout", json!(9)),
        ("MemorySize", json!(256)),
        ("Description", json!("new")),
        ("Handler", json!("b.c")),
        ("Runtime", json!("nodejs22.x")),
        ("CodeSha256", second["CodeSha256"].clone()),
    ] {
        assert_eq!(third[member], value);
    }
}

#[tokio::test]
async fn variables_are_shown_to_readers_and_never_stored_open() {
    let world = world().await;
    let variables = json!({"Variables": {"TOKEN": "hunter2"}});
    let made = create(&world, "f", json!({"Environment": variables})).await;
    assert_eq!(made["Environment"], variables);
    let published = world.ok("PublishVersion", json!({"FunctionName": "f"})).await;
    assert_eq!(published["Environment"], variables, "a version keeps its own");
    let mut view = world.ports.resources.view().await.unwrap();
    for table in ["lambda.function", "lambda.version"] {
        let page = view.scan_table(table, None, 10).await.unwrap();
        assert_eq!(page.documents.len(), 1);
        let text = String::from_utf8(page.documents[0].value.clone()).unwrap();
        assert!(!text.contains("hunter2") && !text.contains("TOKEN"), "{text}");
    }
    drop(view);
    let cleared =
        world.ok("UpdateFunctionConfiguration", json!({"FunctionName": "f", "Environment": {"Variables": {}}})).await;
    assert_eq!(cleared.get("Environment"), None);
}

#[tokio::test]
async fn secrets_are_hidden_in_records() {
    let service = crate::service();
    for (name, members) in [
        ("CreateFunction", &["hunter2", "ZIPZIP"][..]),
        ("UpdateFunctionConfiguration", &["hunter2"]),
        ("UpdateFunctionCode", &["ZIPZIP"]),
        ("PublishLayerVersion", &["ZIPZIP"]),
        ("Invoke", &["hunter2"]),
    ] {
        let operation = service.operations.iter().find(|known| known.spec.name == name).unwrap();
        let input = wire::Value::from_json(json!({
            "FunctionName": "f", "ZipFile": "ZIPZIP", "Payload": "hunter2", "Content": {"ZipFile": "ZIPZIP"},
            "Code": {"ZipFile": "ZIPZIP"}, "Environment": {"Variables": {"hunter2": "hunter2"}},
        }));
        let recorded = wire::to_json(&wire::redact(&input, operation.input), operation.input).to_string();
        for secret in members {
            assert!(!recorded.contains(secret), "{name}: {recorded}");
        }
    }
}

#[tokio::test]
async fn versions_are_published_kept_and_numbered_once() {
    let world = world().await;
    let made = create(&world, "f", json!({"Publish": true})).await;
    assert_eq!((&made["Version"], &made["FunctionArn"]), (&json!("1"), &json!(format!("{}:1", arn("f")))));
    let same = world.ok("PublishVersion", json!({"FunctionName": "f"})).await;
    assert_eq!(same, made, "nothing has changed");
    let mut change = zipped("f", "x = 2");
    change["Publish"] = json!(true);
    assert_eq!(call(&world, "UpdateFunctionCode", change).await.unwrap()["Version"], "2");
    let wrong = json!({"FunctionName": "f", "CodeSha256": made["CodeSha256"]});
    assert_eq!(world.refused("PublishVersion", wrong).await.0, "InvalidParameterValueException");
    let old = world.ok("GetFunction", json!({"FunctionName": "f", "Qualifier": "1"})).await;
    assert_eq!(old["Configuration"]["CodeSha256"], made["CodeSha256"]);
    let versions = world.ok("ListVersionsByFunction", json!({"FunctionName": "f"})).await;
    let numbers: Vec<&Json> =
        versions["Versions"].as_array().unwrap().iter().map(|version| &version["Version"]).collect();
    assert_eq!(numbers, ["$LATEST", "1", "2"]);
    world.ok("DeleteFunction", json!({"FunctionName": "f", "Qualifier": "2"})).await;
    call(&world, "UpdateFunctionCode", zipped("f", "x = 3")).await.unwrap();
    let described = json!({"FunctionName": "f", "Description": "third"});
    let third = world.ok("PublishVersion", described).await;
    assert_eq!((&third["Version"], &third["Description"]), (&json!("3"), &json!("third")));
    for bad in ["2", "01", "-1", "x", "99999999999999999999999"] {
        let refused = world.refused("GetFunction", json!({"FunctionName": "f", "Qualifier": bad})).await;
        assert_eq!(refused.0, "ResourceNotFoundException", "{bad}");
    }
    let latest = json!({"FunctionName": "f", "Qualifier": "$LATEST"});
    assert_eq!(world.refused("DeleteFunction", latest).await.0, "InvalidParameterValueException");
    world.ok("DeleteFunction", json!({"FunctionName": "f"})).await;
    assert_eq!(world.refused("GetFunction", json!({"FunctionName": "f:1"})).await.0, "ResourceNotFoundException");
    let again = create(&world, "f", json!({"Publish": true})).await;
    assert_eq!(again["Version"], "1", "it is another function");
}

#[tokio::test]
async fn lists_come_in_pages() {
    let world = world().await;
    for name in ["a", "b", "c"] {
        create(&world, name, json!({})).await;
    }
    let first = world.ok("ListFunctions", json!({"MaxItems": 2})).await;
    assert_eq!(first["Functions"].as_array().unwrap().len(), 2);
    let rest = world.ok("ListFunctions", json!({"MaxItems": 2, "Marker": first["NextMarker"]})).await;
    assert_eq!(rest["Functions"][0]["FunctionName"], "c");
    assert_eq!(rest.get("NextMarker"), None);
    assert_eq!(world.refused("ListFunctions", json!({"Marker": "invented"})).await.0, "InvalidParameterValueException");
    let mine = json!({"Marker": first["NextMarker"]});
    assert!(world.call_as(&World::root(FOREIGN), "ListFunctions", mine).await.is_err());
}

#[tokio::test]
async fn reservations_leave_room_for_the_others() {
    let world = world().await;
    create(&world, "f", json!({})).await;
    create(&world, "g", json!({})).await;
    let put = |name: &str, number: i64| json!({"FunctionName": name, "ReservedConcurrentExecutions": number});
    assert_eq!(world.ok("PutFunctionConcurrency", put("f", 500)).await, json!({"ReservedConcurrentExecutions": 500}));
    world.ok("PutFunctionConcurrency", put("f", 600)).await;
    let refused = world.refused("PutFunctionConcurrency", put("g", 301)).await;
    assert!(refused.1.contains("below its minimum value of [100]"), "{refused:?}");
    world.ok("PutFunctionConcurrency", put("g", 300)).await;
    assert_eq!(
        world.ok("GetFunctionConcurrency", json!({"FunctionName": "g"})).await["ReservedConcurrentExecutions"],
        300
    );
    let whole = world.ok("GetFunction", json!({"FunctionName": "g"})).await;
    assert_eq!(whole["Concurrency"], json!({"ReservedConcurrentExecutions": 300}));
    let settings = world.ok("GetAccountSettings", json!({})).await;
    assert_eq!(settings["AccountLimit"]["UnreservedConcurrentExecutions"], 100);
    assert_eq!(settings["AccountUsage"]["FunctionCount"], 2);
    assert_eq!(settings["AccountUsage"]["TotalCodeSize"], archive("x = 1").len(), "the same code counts once");
    world.ok("DeleteFunctionConcurrency", json!({"FunctionName": "g"})).await;
    assert_eq!(world.ok("GetFunctionConcurrency", json!({"FunctionName": "g"})).await, json!({}));
}
