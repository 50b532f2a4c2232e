-- The newest revision, and up to which the change feed has been cut.
CREATE TABLE installation (
    one          INTEGER PRIMARY KEY CHECK (one = 1),
    revision     INTEGER NOT NULL,
    changes_from INTEGER NOT NULL
) STRICT;
INSERT INTO installation VALUES (1, 0, 0);

CREATE TABLE document (
    table_name TEXT    NOT NULL,
    account    TEXT    NOT NULL,
    region     TEXT    NOT NULL,
    id         TEXT    NOT NULL,
    revision   INTEGER NOT NULL,
    value      BLOB    NOT NULL
) STRICT;
CREATE UNIQUE INDEX document_key ON document (table_name, account, region, id);
-- Answers what a range holds and whether it changed without reading its documents.
CREATE INDEX document_revision ON document (table_name, account, region, id, revision);

CREATE TABLE index_entry (
    name       TEXT NOT NULL,
    value      TEXT NOT NULL,
    table_name TEXT NOT NULL,
    account    TEXT NOT NULL,
    region     TEXT NOT NULL,
    id         TEXT NOT NULL,
    PRIMARY KEY (name, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX index_entry_key ON index_entry (table_name, account, region, id);

CREATE TABLE change (
    revision   INTEGER NOT NULL,
    table_name TEXT    NOT NULL,
    account    TEXT    NOT NULL,
    region     TEXT    NOT NULL,
    id         TEXT    NOT NULL,
    PRIMARY KEY (revision, table_name, account, region, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
    sequence      INTEGER PRIMARY KEY AUTOINCREMENT,
    account       TEXT    NOT NULL,
    region        TEXT    NOT NULL,
    time          INTEGER NOT NULL,
    event_id      TEXT    NOT NULL,
    event_name    TEXT    NOT NULL,
    event_source  TEXT    NOT NULL,
    read_only     INTEGER NOT NULL,
    username      TEXT,
    access_key_id TEXT,
    resources     TEXT    NOT NULL,
    record        TEXT    NOT NULL
) STRICT;
CREATE INDEX audit_scope ON audit (account, region, time, sequence);
CREATE INDEX audit_time ON audit (time, sequence);

-- One row for each attribute by which an audit record is looked up.
CREATE TABLE audit_attribute (
    account   TEXT    NOT NULL,
    region    TEXT    NOT NULL,
    attribute TEXT    NOT NULL,
    value     TEXT    NOT NULL,
    time      INTEGER NOT NULL,
    sequence  INTEGER NOT NULL,
    PRIMARY KEY (account, region, attribute, value, time, sequence)
) STRICT, WITHOUT ROWID;
CREATE INDEX audit_attribute_sequence ON audit_attribute (sequence);

CREATE TABLE lease (
    name   TEXT    PRIMARY KEY,
    holder TEXT    NOT NULL,
    fence  INTEGER NOT NULL,
    until  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
