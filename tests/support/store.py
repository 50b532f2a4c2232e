"""Where an installation keeps its configuration."""

import itertools
import os
import subprocess

COUNT = itertools.count()


class Sqlite:
    """A file in the installation's directory."""

    option = "sqlite"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


class Postgres:
    """A database of its own on the server that PORTCULLIS_TEST_POSTGRES names."""

    @staticmethod
    def server():
        return os.environ.get("PORTCULLIS_TEST_POSTGRES")

    def __init__(self):
        self.name = f"clients_{os.getpid()}_{next(COUNT)}"
        self.option = self.server().rpartition("/")[0] + "/" + self.name

    def __enter__(self):
        self.run(f"create database {self.name}")
        return self

    def __exit__(self, *_):
        self.run(f"drop database if exists {self.name} with (force)")

    def run(self, statement):
        subprocess.run(["psql", self.server(), "--quiet", "--no-psqlrc", "--command", statement], check=True)
