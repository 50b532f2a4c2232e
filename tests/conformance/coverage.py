"""Writes docs/coverage/: every operation of each service, done or refused. `cargo xtask coverage` calls it."""

import sys

from support import binary, models

FOLDER = binary.ROOT / "docs/coverage"

# Where AWS documents a service's operations.
DOCUMENTED = {
    "apigateway": "https://docs.aws.amazon.com/apigateway/latest/api",
    "cloudtrail": "https://docs.aws.amazon.com/awscloudtrail/latest/APIReference",
    "sts": "https://docs.aws.amazon.com/STS/latest/APIReference",
    "lambda": "https://docs.aws.amazon.com/lambda/latest/api",
    "wafv2": "https://docs.aws.amazon.com/waf/latest/APIReference",
    "iam": "https://docs.aws.amazon.com/IAM/latest/APIReference",
}


def page(service, table):
    """One service's page."""
    done, refused = table["operations"], table["refused"]
    if service == models.OWN:
        title, names = "Portcullis's own operations", sorted(done)
        source = "Made by `cargo xtask coverage` from the binary's own tables. Do not edit."
        summary = f"{len(done)} operations; AWS has no such service, so nothing is refused."
    else:
        model = models.service(service)
        title, names = model.metadata["serviceFullName"], sorted(model.operation_names)
        source = "Made by `cargo xtask coverage` from the binary's own tables and AWS's published model. Do not edit."
        summary = f"{len(done)} of {len(names)} operations are done; the others are refused by name."
    lines = [f"# {title}", "", source, "", summary, ""]
    lines += ["| operation | state | IAM action, or why it is refused |", "|---|---|---|"]
    return "\n".join(lines + [row(service, name, done, refused) for name in names]) + "\n"


def row(service, name, done, refused):
    """One operation's row."""
    link = f"[{name}]({DOCUMENTED[service]}/API_{name}.html)" if service in DOCUMENTED else name
    if name in done:
        return f"| {link} | done ({done[name]['kind']}) | `{done[name]['action']}` |"
    if name in refused:
        return f"| {link} | refused | {refused[name].strip().replace('|', chr(92) + '|')} |"
    return f"| {link} | MISSING | |"


def pages():
    """Every page by its file."""
    return {FOLDER / f"{name}.md": page(name, table) for name, table in binary.shapes().items()}


if __name__ == "__main__" and "--write" in sys.argv:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for file, text in pages().items():
        file.write_text(text)
        print(f"wrote {file.relative_to(binary.ROOT)}")
