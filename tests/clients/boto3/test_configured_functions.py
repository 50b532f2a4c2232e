"""Functions of a node's own settings: they are invoked like others, and no other call knows them."""

import json
import subprocess

import botocore.exceptions
import pytest

from support import binary, functions
from support.installation import Installation
from support.store import Sqlite


@pytest.fixture(scope="module")
def configured(tmp_path_factory):
    """A node whose settings name a function out of a folder, and one at an address where nobody answers."""
    folder = tmp_path_factory.mktemp("configured")
    (folder / "hello").mkdir()
    (folder / "hello" / "app.py").write_text(functions.ECHO)
    settings = folder / "portcullis.toml"
    settings.write_text(
        '[functions.hello]\nfolder = "hello"\nruntime = "python3.12"\nhandler = "app.handler"\n'
        'environment = { STAGE = "toml" }\n[functions.away]\nurl = "http://127.0.0.1:9"\n'
    )
    with Sqlite() as store, Installation(store, "--config", str(settings)) as running:
        yield running


def code(call, **arguments):
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        call(**arguments)
    return caught.value.response["Error"]["Code"]


def test_a_folder_is_a_function(configured):
    client = configured.client("lambda")
    answer = json.loads(client.invoke(FunctionName="hello", Payload=b'{"a": 1}')["Payload"].read())
    assert (answer["event"], answer["stage"], answer["version"]) == ({"a": 1}, "toml", "$LATEST")
    assert code(client.invoke, FunctionName="hello", Qualifier="1") == "ResourceNotFoundException"
    assert code(client.invoke, FunctionName="away") == "ServiceException"


def test_no_other_call_knows_it(configured):
    client = configured.client("lambda")
    assert client.list_functions()["Functions"] == []
    assert code(client.get_function, FunctionName="hello") == "ResourceNotFoundException"
    assert code(functions.create, installation=configured, name="hello") == "ResourceConflictException"


def test_doctor_and_coverage_tell_what_keeps_functions_apart(configured):
    home = ["--data-dir", str(configured.home)]
    doctor = subprocess.run([binary.path(), "doctor", "--format", "json", *home], capture_output=True, text=True)
    assert [check for check in json.loads(doctor.stdout)["Checks"] if "functions" in check["What"]]
    assert binary.run("coverage", *home).splitlines()[-1].startswith("functions: ")
    assert "Walls" in json.loads(binary.run("coverage", "--format", "json", *home))["FunctionIsolation"]


def test_a_setting_that_cannot_be_used_stops_the_start(tmp_path):
    settings = tmp_path / "portcullis.toml"
    for text in ['[functions.a]\nfolder = "nowhere"\nruntime = "python3.12"\nhandler = "a.b"\n', "[functions.a]\nurl = 'ftp://x'\n"]:
        settings.write_text(text)
        words = [binary.path(), "serve", "--config", str(settings), "--data-dir", str(tmp_path / "data")]
        done = subprocess.run(words, capture_output=True, text=True, timeout=30)
        assert done.returncode != 0 and "[functions.a]" in done.stderr, done.stderr
