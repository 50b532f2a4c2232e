-- What a block is; small, so that choosing blocks is cheap. Its filter and payload stand apart for the same reason.
CREATE TABLE block (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    account  TEXT    NOT NULL,
    region   TEXT    NOT NULL,
    stream   TEXT    NOT NULL,
    first    INTEGER NOT NULL,
    last     INTEGER NOT NULL,
    entries  INTEGER NOT NULL,
    bytes    INTEGER NOT NULL
) STRICT;
CREATE INDEX block_last ON block (last, sequence, bytes);

CREATE TABLE block_filter (
    sequence INTEGER PRIMARY KEY,
    filter   BLOB NOT NULL
) STRICT;

CREATE TABLE block_payload (
    sequence INTEGER PRIMARY KEY,
    payload  BLOB NOT NULL
) STRICT;
