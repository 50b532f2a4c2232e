"""Terraform in a directory of its own, against the running node.

The provider is looked for where TF_PLUGIN_DIR says (a filesystem mirror), then in Terraform's usual places.
"""

import os
import pathlib
import re
import shutil
import subprocess

import pytest

HERE = pathlib.Path(__file__).parent
PROVIDER = "registry.terraform.io/hashicorp/aws"
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
    environment = os.environ | installation.environment()
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


@pytest.fixture
def terraform(installation, tmp_path, request, provider):
    """Runs terraform on the test module's CONFIGURATION."""
    for configuration in ["provider.tf", request.module.CONFIGURATION]:
        shutil.copy(HERE / configuration, tmp_path)
    settings = tmp_path / "terraform.rc"
    settings.write_text("disable_checkpoint = true\n")
    environment = os.environ | {"TF_CLI_CONFIG_FILE": str(settings), "TF_IN_AUTOMATION": "1", "TF_INPUT": "0"}
    environment |= {"TF_VAR_endpoint": installation.admin, "TF_REATTACH_PROVIDERS": provider}

    def run(*words, expected=0, **variables):
        given = {f"TF_VAR_{name}": value for name, value in variables.items()}
        done = subprocess.run(
            ["terraform", *words, "-no-color"], cwd=tmp_path, env=environment | given, capture_output=True, text=True
        )
        assert done.returncode == expected, done.stdout[-4000:] + done.stderr[-4000:]
        return done.stdout

    run("init")
    return run
