-- What waits to be done. An item is visible from a moment on, in nanoseconds since 1970; whoever claims it moves that moment.
CREATE TABLE item (
    number   INTEGER PRIMARY KEY AUTOINCREMENT,
    id       BLOB    NOT NULL UNIQUE,
    account  TEXT    NOT NULL,
    region   TEXT    NOT NULL,
    accepted INTEGER NOT NULL,
    visible  INTEGER NOT NULL,
    claims   INTEGER NOT NULL,
    claimed  INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    delays   INTEGER NOT NULL,
    bytes    INTEGER NOT NULL
) STRICT;
CREATE INDEX item_visible ON item (visible, number);

-- Apart, so that a claim writes a small row.
CREATE TABLE item_payload (
    number  INTEGER PRIMARY KEY,
    payload BLOB    NOT NULL
) STRICT;

-- What each account takes in each region, so that its bound is judged without counting.
CREATE TABLE room (
    account TEXT    NOT NULL,
    region  TEXT    NOT NULL,
    items   INTEGER NOT NULL,
    bytes   INTEGER NOT NULL,
    PRIMARY KEY (account, region)
) STRICT, WITHOUT ROWID;
