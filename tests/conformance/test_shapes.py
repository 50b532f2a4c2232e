"""Every implemented operation has the shapes that AWS's model gives it: names, places, required members, errors, HTTP."""

import pytest

from conformance import test_waf_documents
from support import binary, models

SERVICES = {name: table for name, table in binary.shapes().items() if name != models.OWN}
OPERATIONS = [(service, name) for service, table in SERVICES.items() for name in table["operations"]]

# What issue 2 asks for in full: every operation on these resources.
RESOURCES = ["RestApi", "Resource", "Method", "MethodResponse", "Integration", "IntegrationResponse"]
RESOURCES += ["Deployment", "Stage", "Account"]
VERBS = ["Create", "Get", "Update", "Put", "Delete", "Import"]
ALSO = {"GetExport", "GetTags", "TagResource", "UntagResource"}

# Errors of every AWS service, which models leave out.
COMMON = {"ThrottlingException", "InternalFailure", "ServiceUnavailable", "ValidationError"}
TYPES = {"float": "double"}

# Shapes that a service hands to its engine as they are: the engine knows their members, and a test of its own asks it.
WHOLE = {"wafv2": test_waf_documents.WHOLE}


def of(service, name):
    return SERVICES[service]["operations"][name], models.service(service).operation_model(name)


@pytest.mark.parametrize("service, name", OPERATIONS)
def test_http_binding(service, name):
    ours, theirs = of(service, name)
    if theirs.service_model.metadata["protocol"] != "rest-json" and ours["http"] is None:
        return
    path, _, query = theirs.http["requestUri"].partition("?")
    expected = {"method": theirs.http["method"], "path": path, "query": query}
    expected["status"] = theirs.http.get("responseCode", 200)
    assert {key: ours["http"].get(key) or "" for key in expected} == expected


@pytest.mark.parametrize("service, name", OPERATIONS)
def test_input(service, name):
    ours, theirs = of(service, name)
    assert list(differences(ours["input"], theirs.input_shape, "input", True, whole=WHOLE.get(service, ()))) == []


@pytest.mark.parametrize("service, name", OPERATIONS)
def test_output(service, name):
    ours, theirs = of(service, name)
    assert list(differences(ours["output"], theirs.output_shape, "output", False, whole=WHOLE.get(service, ()))) == []


@pytest.mark.parametrize("service, name", OPERATIONS)
def test_errors(service, name):
    ours, theirs = of(service, name)
    known = {}
    for shape in theirs.error_shapes:
        error = shape.metadata.get("error", {})
        known[error.get("code", shape.name)] = error.get("httpStatusCode")
    for error in ours["errors"]:
        assert error["code"] in known or error["code"] in COMMON, error
        assert known.get(error["code"]) in (None, error["status"]), error


@pytest.mark.parametrize("service", SERVICES)
def test_every_operation_is_implemented_or_refused_by_name(service):
    table = SERVICES[service]
    known = set(models.service(service).operation_names)
    assert set(table["operations"]) | set(table["refused"]) == known
    assert not set(table["operations"]) & set(table["refused"])
    assert all(reason.strip() for reason in table["refused"].values())


def test_what_was_promised_is_implemented():
    known = set(models.service("apigateway").operation_names)
    names = {verb + resource + plural for verb in VERBS for resource in RESOURCES for plural in ("", "s")}
    promised = (names & known) | ALSO
    assert promised - set(SERVICES["apigateway"]["operations"]) == set()
    assert "GetCallerIdentity" in SERVICES["sts"]["operations"]
    assert "LookupEvents" in SERVICES["cloudtrail"]["operations"]


def test_every_operation_names_its_action():
    for service, name in OPERATIONS:
        prefix, _, action = SERVICES[service]["operations"][name]["action"].partition(":")
        assert prefix == service and action, name


def differences(ours, theirs, path, required, seen=(), whole=()):
    """What is wrong with our shape, one line each."""
    if theirs is None:
        if ours.get("members"):
            yield f"{path}: the model has none"
        return
    if theirs.name in seen or (theirs.name in whole and ours["type"] == "document"):
        return
    seen = (*seen, theirs.name)
    kind, expected = ours["type"], TYPES.get(theirs.type_name, theirs.type_name)
    if kind == "document" and expected != "document":
        yield f"{path}: any JSON, not {theirs.name}"
    elif kind == "enum" and expected == "string":
        if sorted(ours["values"]) != sorted(theirs.enum):
            yield f"{path}: values {ours['values']}, not {theirs.enum}"
    elif kind != expected:
        yield f"{path}: {kind}, not {expected}"
    elif kind == "list":
        yield from differences(ours["item"], theirs.member, f"{path}[]", required, seen, whole)
    elif kind == "map":
        yield from differences(ours["value"], theirs.value, f"{path}{{}}", required, seen, whole)
    elif kind == "structure":
        yield from members(ours, theirs, path, required, seen, whole)


def members(ours, theirs, path, required, seen, whole):
    own = {member["name"]: member for member in ours["members"]}
    for name in own.keys() ^ theirs.members.keys():
        yield f"{path}.{name}: {'not in the model' if name in own else 'missing'}"
    for name in own.keys() & theirs.members.keys():
        member, shape = own[name], theirs.members[name]
        place = shape.serialization.get("location", "body")
        if theirs.serialization.get("payload") == name:
            place = "payload"
        if member["location"].lower() != place.lower():
            yield f"{path}.{name}: in {member['location']}, not {place}"
        wire = shape.serialization.get("name", name)
        if place != "payload" and member["wireName"] != wire and not (place == "querystring" and shape.type_name == "map"):
            yield f"{path}.{name}: called {member['wireName']}, not {wire}"
        if required and member["required"] != (name in theirs.required_members):
            yield f"{path}.{name}: required is {member['required']}"
        if shape.metadata.get("sensitive") and not member["secret"]:
            yield f"{path}.{name}: must be secret"
        yield from differences(member["shape"], shape, f"{path}.{name}", required, seen, whole)
