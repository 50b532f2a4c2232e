-- What each member of a group has used, day by day, and by how much its period was extended on that day.
CREATE TABLE usage (
    account    TEXT    NOT NULL,
    region     TEXT    NOT NULL,
    group_name TEXT    NOT NULL,
    member     TEXT    NOT NULL,
    day        INTEGER NOT NULL,
    used       INTEGER NOT NULL,
    extra      INTEGER NOT NULL,
    PRIMARY KEY (account, region, group_name, member, day)
) STRICT, WITHOUT ROWID;
CREATE INDEX usage_day ON usage (day);

-- Nodes that say that they are there, and until when, in nanoseconds since 1970.
CREATE TABLE node (
    name  TEXT    PRIMARY KEY,
    until INTEGER NOT NULL
) STRICT;
