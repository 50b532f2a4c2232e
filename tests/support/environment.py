"""The environment that clients see."""

import os

# What could lead a client to a real account, another root certificate, or away from the loopback.
FOREIGN = ("AWS_", "BOTO_", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_", "TF_")
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")

SAFE = {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_PAGER": "",
    "AWS_MAX_ATTEMPTS": "1",
    "NO_PROXY": "*",
}


def clean():
    """This process's environment without whatever is foreign, and with what keeps clients at home."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(FOREIGN) and name.upper() not in PROXIES
    }
    # Where Terraform's providers lie is the one thing that the machine may say.
    plugins = os.environ.get("TF_PLUGIN_DIR")
    return kept | SAFE | ({"TF_PLUGIN_DIR": plugins} if plugins else {})
