"""The real binary on free ports in a directory of its own."""

import json
import pathlib
import signal
import subprocess
import tempfile
import time

import boto3
import botocore.config
import urllib3

from support import binary

PATIENCE = 30


class Installation:
    """A running node."""

    def __init__(self, store, *options, master_key=None):
        self.store = store
        self.options = options
        self.master_key = master_key

    def __enter__(self):
        self.directory = tempfile.TemporaryDirectory()
        self.home = pathlib.Path(self.directory.name)
        if self.master_key:
            (self.home / "master.key").touch(mode=0o600)
            (self.home / "master.key").write_text(self.master_key)
        self.start()
        return self

    def start(self):
        """Starts the node on its directory, and waits until it serves."""
        (self.home / "endpoints.json").unlink(missing_ok=True)
        # The kernel ends the node with this process, however that ends.
        command = ["setpriv", "--pdeathsig", "KILL", "--", binary.path(), "serve"]
        command += ["--data-dir", self.home, "--store", self.store.option]
        command += ["--admin", "127.0.0.1:0", "--gateway", "127.0.0.1:0", *self.options]
        with open(self.home / "node.log", "wb") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.home)
        self.endpoints = self.wait()
        self.admin, self.gateway = self.endpoints["admin"], urllib3.util.parse_url(self.endpoints["gateway"])
        self.region = self.endpoints["region"]
        self.ca = str(self.home / "ca.pem")
        key = json.loads(binary.run("credentials", "--format", "json", "--data-dir", str(self.home)))
        self.key = key["access_key_id"], key["secret_access_key"]

    def kill(self):
        """Ends the node in the middle of whatever it does."""
        self.process.kill()
        self.process.wait(PATIENCE)

    def terminate(self):
        """Asks the node to end, and waits for that."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(PATIENCE)

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(PATIENCE)
        finally:
            self.process.kill()
            self.directory.cleanup()

    def wait(self):
        """Waits until the node serves."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            assert self.process.poll() is None, "the node ended: " + self.log()
            try:
                return json.loads((self.home / "endpoints.json").read_text())
            except (FileNotFoundError, json.JSONDecodeError):
                time.sleep(0.01)
        raise AssertionError("the node does not start: " + self.log())

    def log(self):
        return (self.home / "node.log").read_text(errors="replace")

    def client(self, service, **changes):
        """A boto3 client of this node."""
        settings = {
            "endpoint_url": self.admin,
            "region_name": self.region,
            "aws_access_key_id": self.key[0],
            "aws_secret_access_key": self.key[1],
            "config": botocore.config.Config(retries={"total_max_attempts": 1}),
        }
        return boto3.client(service, **settings | changes)

    def environment(self):
        """What a client in a process of its own needs."""
        return {
            "AWS_ENDPOINT_URL": self.admin,
            "AWS_ACCESS_KEY_ID": self.key[0],
            "AWS_SECRET_ACCESS_KEY": self.key[1],
            "AWS_DEFAULT_REGION": self.region,
            "AWS_REGION": self.region,
        }

    def host(self, api):
        """An API's default host."""
        return f"{api}.execute-api.{self.region}.{self.endpoints['zone']}"

    def invoke(self, api, target, method="GET", **more):
        """Calls an API over TLS, trusting the local authority only."""
        host = self.host(api)
        pool = urllib3.HTTPSConnectionPool(
            self.gateway.host, self.gateway.port, ca_certs=self.ca, server_hostname=host, assert_hostname=host
        )
        headers = {"Host": f"{host}:{self.gateway.port}"} | more.pop("headers", {})
        with pool:
            return pool.urlopen(method, target, headers=headers, retries=False, redirect=False, **more)
