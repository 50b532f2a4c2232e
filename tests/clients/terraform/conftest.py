"""Terraform in a directory of its own, against the running node.

The provider is looked for where TF_PLUGIN_DIR says (a filesystem mirror), then in Terraform's usual places.
"""

import os
import pathlib
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


@pytest.fixture
def terraform(installation, tmp_path, request):
    """Runs terraform on the test module's CONFIGURATION, with providers from the mirror only."""
    plugins = mirror()
    if not shutil.which("terraform") or not plugins:
        pytest.skip("terraform or its AWS provider is not found; TF_PLUGIN_DIR names a provider mirror")
    shutil.copy(HERE / request.module.CONFIGURATION, tmp_path)
    settings = tmp_path / "terraform.rc"
    settings.write_text(
        f'provider_installation {{\n  filesystem_mirror {{\n    path = "{plugins}"\n  }}\n}}\ndisable_checkpoint = true\n'
    )
    environment = os.environ | installation.environment()
    # The provider's endpoints are in its configuration, as in most of them.
    del environment["AWS_ENDPOINT_URL"]
    environment |= {"TF_CLI_CONFIG_FILE": str(settings), "TF_IN_AUTOMATION": "1", "TF_INPUT": "0"}
    environment["TF_VAR_endpoint"] = installation.admin

    def run(*words, expected=0, **variables):
        given = {f"TF_VAR_{name}": value for name, value in variables.items()}
        done = subprocess.run(
            ["terraform", *words, "-no-color"], cwd=tmp_path, env=environment | given, capture_output=True, text=True
        )
        assert done.returncode == expected, done.stdout[-4000:] + done.stderr[-4000:]
        return done.stdout

    run("init")
    return run
