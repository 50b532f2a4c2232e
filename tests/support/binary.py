"""The binary under test."""

import functools
import json
import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).parents[2]


def path():
    """PORTCULLIS_BIN, or the debug build."""
    return os.environ.get("PORTCULLIS_BIN") or str(ROOT / "target/debug/portcullis")


def example(name):
    """An example of a crate, built beside the binary: `cargo build --workspace --examples`."""
    return str(pathlib.Path(path()).parent / "examples" / name)


def run(*arguments):
    """Runs a command of the binary and answers what it prints."""
    return subprocess.run([path(), *arguments], check=True, capture_output=True, text=True).stdout


@functools.cache
def shapes():
    """What the binary says of itself: every service with its operations, shapes and refusals."""
    return json.loads(run("shapes"))["services"]
