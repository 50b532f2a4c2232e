"""Asynchronous events outlive their node: killed, stopped or gone, somebody runs what was accepted."""

import http.server
import json
import queue
import secrets
import threading
import time

import pytest

from support import functions
from support.installation import Installation
from support.store import Postgres, Sqlite

PATIENCE = 90
# Tells an observer which event begins, and waits until the observer lets it end.
TELLING = """
import urllib.request

def handler(event, context):
    return urllib.request.urlopen(event["to"] + context.aws_request_id, timeout=80).read().decode()
"""


class Observer:
    """Hears of every event that begins; the first ones that it is told to hold do not end by themselves."""

    def __init__(self, holds=0):
        self.begun, self.holds, self.release = queue.Queue(), holds, threading.Event()

    def __enter__(self):
        observer = self

        class Ear(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                observer.begun.put(self.path[1:])
                observer.holds -= 1
                if observer.holds >= 0:
                    observer.release.wait(PATIENCE)
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Ear)
        self.server.daemon_threads = True
        self.address = "http://127.0.0.1:%d/" % self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.release.set()
        self.server.shutdown()
        self.server.server_close()

    def next(self):
        return self.begun.get(timeout=PATIENCE)

    def is_quiet(self, seconds):
        time.sleep(seconds)
        return self.begun.empty()


@pytest.fixture(params=["sqlite", "postgres"])
def store(request):
    if request.param == "postgres" and not Postgres.server():
        pytest.skip("PORTCULLIS_TEST_POSTGRES is not set")
    with Postgres() if request.param == "postgres" else Sqlite() as store:
        yield store


def teller(installation):
    """A function that tells an observer."""
    code = {"ZipFile": functions.archive(app=TELLING)}
    functions.create(installation, "teller", Code=code, Timeout=90, Tags={"portcullis:network": "host"})
    return "teller"


def send(installation, function, observer):
    """Has a function invoked later, and answers by which id."""
    event = json.dumps({"to": observer.address})
    taken = installation.client("lambda").invoke(FunctionName=function, InvocationType="Event", Payload=event)
    assert taken["StatusCode"] == 202
    return taken["ResponseMetadata"]["RequestId"]


def test_an_event_that_was_accepted_outlives_a_kill(store):
    with Installation(store) as node, Observer() as observer:
        function = teller(node)
        client = node.client("lambda")
        client.put_function_concurrency(FunctionName=function, ReservedConcurrentExecutions=0)
        sent = {send(node, function, observer) for _ in range(5)}
        node.kill()
        assert observer.begun.empty()
        node.start()
        node.client("lambda").delete_function_concurrency(FunctionName=function)
        assert {observer.next() for _ in sent} == sent
        assert observer.is_quiet(3), "each runs once"


def test_an_event_whose_node_is_killed_while_it_runs_runs_again(store):
    with Installation(store) as node, Observer(holds=1) as observer:
        sent = send(node, teller(node), observer)
        assert observer.next() == sent
        node.kill()
        node.start()
        assert observer.next() == sent
        assert observer.is_quiet(3), "once it succeeded it is over"


def test_an_event_that_runs_longer_than_a_node_drains_is_left_to_the_next(store):
    with Installation(store, "--drain", "1") as node, Observer(holds=1) as observer:
        sent = send(node, teller(node), observer)
        assert observer.next() == sent
        node.terminate()
        node.start()
        began = time.monotonic()
        assert observer.next() == sent
        assert time.monotonic() - began < 20, "nobody waits for the lease of a node that took its leave"


def test_an_event_of_a_node_that_died_runs_on_another():
    if not Postgres.server():
        pytest.skip("PORTCULLIS_TEST_POSTGRES is not set")
    key = secrets.token_hex(32)
    with Postgres() as store, Observer(holds=1) as observer:
        with Installation(store, master_key=key) as one, Installation(store, master_key=key) as other:
            sent = send(one, teller(one), observer)
            assert observer.next() == sent
            assert observer.is_quiet(3), "one node at a time"
            one.kill()
            assert observer.next() == sent
            assert observer.is_quiet(3), "once it succeeded it is over"
            one.start()
            assert other.process.poll() is None
