"""Terraform in a directory of its own, against the running node.

The provider is looked for where TF_PLUGIN_DIR says (a filesystem mirror), then in Terraform's usual places.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess

import pytest

HERE = pathlib.Path(__file__).parent
PROVIDER = "registry.terraform.io/hashicorp/aws"
# Both programs are written in Go, and spend a third of their time on collecting garbage unless they may keep more of it.
FEW_COLLECTIONS = {"GOGC": "400"}
PLACES = ["~/.terraform.d/plugins", "/opt/tf-plugins", "/usr/local/share/terraform/plugins", "/usr/share/terraform/plugins"]


def mirror():
    places = [os.environ.get("TF_PLUGIN_DIR"), *PLACES]
    found = (pathlib.Path(place).expanduser() for place in places if place)
    return next((place for place in found if (place / PROVIDER).is_dir()), None)


def program(folder):
    """The newest AWS provider 5 of a mirror, which holds it as it is or packed; a packed one is unpacked into `folder`."""
    place = mirror() / PROVIDER
    version = lambda path: [int(number) for number in re.findall(r"\d+", path.name)]
    plain = sorted(place.glob("5.*/linux_*/terraform-provider-aws_v5.*"), key=version)
    if plain:
        return plain[-1]
    packed = sorted(place.glob("terraform-provider-aws_5.*_linux_*.zip"), key=version)
    shutil.unpack_archive(packed[-1], folder)
    unpacked = next(folder.glob("terraform-provider-aws_v5.*"))
    unpacked.chmod(0o755)
    return unpacked


@pytest.fixture(scope="session")
def provider(installation, tmp_path_factory):
    """The AWS provider, started once a node: Terraform's commands connect to it instead of starting several each."""
    if not shutil.which("terraform") or not mirror():
        pytest.skip("terraform or its AWS provider is not found; TF_PLUGIN_DIR names a provider mirror")
    environment = os.environ | installation.environment() | FEW_COLLECTIONS
    # The provider's endpoints are in its configuration, as in most of them.
    del environment["AWS_ENDPOINT_URL"]
    # The kernel ends it with this process, however that ends.
    command = ["setpriv", "--pdeathsig", "KILL", "--", program(tmp_path_factory.mktemp("provider")), "-debug"]
    quiet = {"stdin": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True, **quiet)
    with process:
        told = (line.partition("TF_REATTACH_PROVIDERS=") for line in process.stdout)
        yield next(value.strip().strip("'") for _, name, value in told if name)
        process.kill()


class Terraform:
    """Terraform in a directory of its own: a root that calls configurations as modules."""

    def __init__(self, home, environment):
        self.home, self.environment = home, environment

    def __call__(self, *words, expected=0):
        command = ["terraform", *words, "-no-color"]
        done = subprocess.run(command, cwd=self.home, env=self.environment, capture_output=True, text=True)
        assert done.returncode == expected, done.stdout[-4000:] + done.stderr[-4000:]
        return done.stdout

    def configure(self, modules):
        """Calls these configurations with these variables."""
        for name in modules:
            (self.home / name).mkdir(exist_ok=True)
            shutil.copy(HERE / f"{name}.tf", self.home / name)
        # An output may be a secret, and then what holds it must be one.
        root = {
            "module": {name: {"source": f"./{name}"} | given for name, given in modules.items()},
            "output": {name: {"value": f"${{module.{name}}}", "sensitive": True} for name in modules},
        }
        (self.home / "root.tf.json").write_text(json.dumps(root))
        self("init")

    def plan(self):
        """Plans a change, keeps the plan, and answers which of the configurations it touches."""
        told = map(json.loads, self("plan", "-detailed-exitcode", "-json", "-out=planned", expected=2).splitlines())
        changes = (line["change"]["resource"]["module"] for line in told if line["type"] == "planned_change")
        return {module.removeprefix("module.") for module in changes}

    def apply(self):
        """Makes what was planned true."""
        self("apply", "planned")


@pytest.fixture
def terraform(installation, tmp_path, provider):
    """Terraform, connected to the provider of the running node."""
    shutil.copy(HERE / "provider.tf", tmp_path)
    settings = tmp_path / "terraform.rc"
    settings.write_text("disable_checkpoint = true\n")
    environment = os.environ | {"TF_CLI_CONFIG_FILE": str(settings), "TF_IN_AUTOMATION": "1", "TF_INPUT": "0"} | FEW_COLLECTIONS
    environment |= {"TF_VAR_endpoint": installation.admin, "TF_REATTACH_PROVIDERS": provider}
    return Terraform(tmp_path, environment)
