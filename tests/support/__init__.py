"""Drives the real binary for the tests with real clients."""
