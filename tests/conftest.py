"""What every test with a real client shares: the running node on each store, and an upstream."""

import os
import pathlib
import re

import pytest
from xdist.scheduler import LoadScopeScheduling

from support import environment
from support.installation import Installation
from support.issuer import Issuer
from support.store import Postgres, Sqlite
from support.upstream import Upstream

# Folders whose tests stay together: Terraform's share a provider, which takes seconds to start, and the attacks count on
# what stood on the node before them. It is also the order in which they begin: what takes longest comes first.
TOGETHER = ["terraform", "security"]


def pytest_collection_modifyitems(items):
    """The order in which tests begin."""
    items.sort(key=lambda item: TOGETHER.index(folder) if (folder := item.path.parent.name) in TOGETHER else len(TOGETHER))


class Places(LoadScopeScheduling):
    """Which tests follow each other in one process, where there are several: those of a module on a store.

    It is read off their names: the marks that the plugin itself offers for this do not reach it with the present pytest.
    """

    def _split_scope(self, nodeid):
        module, _, test = nodeid.partition("::")
        folder = pathlib.PurePosixPath(module).parent.name
        store = re.search(r"\[.*\b(sqlite|postgres)\b", test)
        return f"{folder if folder in TOGETHER else module} {store[1] if store else ''}"


def pytest_xdist_make_scheduler(config, log):
    """Asked once, where tests run in several processes."""
    return Places(config, log)


@pytest.fixture(scope="session", autouse=True)
def no_real_account():
    """The machine's own AWS settings never reach a client: no profile, no proxy, no endpoint but ours."""
    before = dict(os.environ)
    clean = environment.clean()
    os.environ.clear()
    os.environ.update(clean)
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture(scope="session")
def issuer():
    """An OpenID Connect issuer whose authority the nodes know."""
    with Issuer() as running:
        yield running


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def installation(request, issuer):
    """A running node; one for each store, shared by the tests, which name what they make."""
    if request.param == "postgres" and not Postgres.server():
        pytest.skip("PORTCULLIS_TEST_POSTGRES is not set")
    store = Postgres() if request.param == "postgres" else Sqlite()
    with store, Installation(store, "--upstream-ca", issuer.ca) as running:
        yield running


@pytest.fixture(scope="session")
def upstream():
    """An upstream that echoes what it was asked."""
    with Upstream() as running:
        yield running


@pytest.fixture
def apigateway(installation):
    """boto3's client for API Gateway."""
    return installation.client("apigateway")
