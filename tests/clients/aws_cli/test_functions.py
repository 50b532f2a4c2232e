"""The AWS CLI and `portcullis function` put a function, invoke it and read its log."""

import json
import os
import pathlib
import subprocess
import sys

from support import binary, functions

AWS = pathlib.Path(sys.executable).with_name("aws")


def test_a_function_is_put_and_invoked(installation, tmp_path):
    def aws(*words):
        environment = os.environ | installation.environment()
        done = subprocess.run([AWS, *words, "--output", "json"], env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout or "null")

    package, answer = tmp_path / "app.zip", tmp_path / "answer.json"
    package.write_bytes(functions.archive(app=functions.ECHO))
    name = ["--function-name", "cli"]
    settings = ["--runtime", "python3.12", "--handler", "app.handler", "--role", functions.role(installation)]
    aws("lambda", "create-function", *name, *settings, "--zip-file", f"fileb://{package}", "--timeout", "30")
    aws("lambda", "wait", "function-active-v2", *name)
    source = ["--principal", "apigateway.amazonaws.com", "--source-arn", "arn:aws:execute-api:us-east-1:000000000000:a1/*"]
    aws("lambda", "add-permission", *name, "--statement-id", "api", "--action", "lambda:InvokeFunction", *source)
    assert "execute-api" in aws("lambda", "get-policy", *name)["Policy"]
    invoked = aws("lambda", "invoke", *name, "--payload", '{"a": 1}', str(answer))
    assert invoked["StatusCode"] == 200 and json.loads(answer.read_text())["event"] == {"a": 1}
    aws("lambda", "delete-function", *name)


def test_our_own_command_puts_a_folder(installation, tmp_path):
    home = ["--data-dir", str(installation.home)]
    (tmp_path / "app.py").write_text(functions.ECHO)
    put = ["function", "put", "own", str(tmp_path), *home, "--format", "json"]
    settings = ["--runtime", "python3.12", "--handler", "app.handler", "--timeout", "30", "--env", "STAGE=one"]
    made = json.loads(binary.run(*put, *settings))
    assert made["Role"].endswith(":role/portcullis-function")
    assert json.loads(binary.run("function", "invoke", "own", *home))["stage"] == "one"
    (tmp_path / "app.py").write_text(functions.ECHO.replace("as told", "otherwise"))
    again = json.loads(binary.run(*put, "--env", "STAGE=two", "--network", "none", "--publish"))
    assert again["CodeSha256"] != made["CodeSha256"] and again["Version"] == "1"
    assert json.loads(binary.run("function", "invoke", "own:1", *home))["stage"] == "two"
    assert "function:own" in binary.run("function", "list", *home)
    failed = subprocess.run(
        [binary.path(), "function", "invoke", "own", "--payload", '{"fail": true}', *home], capture_output=True, text=True
    )
    assert failed.returncode == 1 and "otherwise" in failed.stdout and "REPORT" in failed.stderr
    installation.client("lambda").delete_function(FunctionName="own")
