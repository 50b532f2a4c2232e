-- What waits to be done. An item is visible from a moment on, in nanoseconds since 1970; whoever claims it moves that moment.
CREATE TABLE item (
    number   bigserial        PRIMARY KEY,
    id       bytea            NOT NULL UNIQUE,
    account  text COLLATE "C" NOT NULL,
    region   text COLLATE "C" NOT NULL,
    accepted bigint           NOT NULL,
    visible  bigint           NOT NULL,
    claims   bigint           NOT NULL,
    failures integer          NOT NULL,
    delays   integer          NOT NULL,
    bytes    bigint           NOT NULL,
    payload  bytea            NOT NULL
);
-- Sealed bytes do not compress.
ALTER TABLE item ALTER COLUMN payload SET STORAGE EXTERNAL;
CREATE INDEX item_visible ON item (visible, number);

-- What each account takes in each region, so that its bound is judged without counting; its row is also the lock of whoever
-- judges.
CREATE TABLE room (
    account text COLLATE "C" NOT NULL,
    region  text COLLATE "C" NOT NULL,
    items   bigint           NOT NULL,
    bytes   bigint           NOT NULL,
    PRIMARY KEY (account, region)
);
