"""The coverage pages say what the binary does."""

from conformance import coverage
from support import binary, models


def test_pages_are_up_to_date():
    for file, text in coverage.pages().items():
        assert file.is_file() and file.read_text() == text, f"{file.name} is out of date: run `cargo xtask coverage`"


def test_no_page_outlives_its_service():
    assert set(coverage.FOLDER.glob("*.md")) == set(coverage.pages())


def test_no_operation_is_missing_and_every_one_of_aws_is_linked():
    for file, text in coverage.pages().items():
        rows = [line for line in text.splitlines() if line.startswith("| ")][1:]
        assert rows and not any("MISSING" in row for row in rows), file.name
        assert file.stem not in binary.shapes() or file.stem == models.OWN or all("](https://" in row for row in rows)
