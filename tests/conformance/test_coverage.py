"""The coverage pages say what the binary does."""

from conformance import coverage


def test_pages_are_up_to_date():
    for file, text in coverage.pages().items():
        assert file.is_file() and file.read_text() == text, f"{file.name} is out of date: run `cargo xtask coverage`"


def test_no_page_outlives_its_service():
    assert set(coverage.FOLDER.glob("*.md")) == set(coverage.pages())
