"""Writes docs/coverage/: every operation of each AWS service, done or refused. `cargo xtask coverage` calls it."""

import sys

from support import binary, models

FOLDER = binary.ROOT / "docs/coverage"


def page(service, table):
    """One service's page."""
    model = models.service(service)
    done, refused = table["operations"], table["refused"]
    lines = [
        f"# {model.metadata['serviceFullName']}",
        "",
        "Made by `cargo xtask coverage` from the binary's own tables and AWS's published model. Do not edit.",
        "",
        f"{len(done)} of {len(model.operation_names)} operations are done; the others are refused by name.",
        "",
        "| operation | state | IAM action, or why it is refused |",
        "|---|---|---|",
    ]
    for name in sorted(model.operation_names):
        if name in done:
            lines.append(f"| {name} | done | `{done[name]['action']}` |")
        elif name in refused:
            lines.append(f"| {name} | refused | {refused[name].strip().replace('|', chr(92) + '|')} |")
        else:
            lines.append(f"| {name} | MISSING | |")
    return "\n".join(lines) + "\n"


def pages():
    """Every page by its file."""
    services = binary.shapes().items()
    return {FOLDER / f"{name}.md": page(name, table) for name, table in services if name != models.OWN}


if __name__ == "__main__" and "--write" in sys.argv:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for file, text in pages().items():
        file.write_text(text)
        print(f"wrote {file.relative_to(binary.ROOT)}")
