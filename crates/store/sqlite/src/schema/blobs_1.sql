-- What a blob is; its bytes stand apart, so that measuring and sweeping read none of them.
CREATE TABLE blob (
    number  INTEGER PRIMARY KEY,
    account TEXT    NOT NULL,
    region  TEXT    NOT NULL,
    digest  BLOB    NOT NULL,
    bytes   INTEGER NOT NULL,
    -- When it was last put, or named by a document.
    seen    INTEGER NOT NULL,
    UNIQUE (account, region, digest)
) STRICT;
CREATE INDEX blob_seen ON blob (seen);

CREATE TABLE blob_bytes (
    number  INTEGER PRIMARY KEY,
    payload BLOB NOT NULL
) STRICT;
