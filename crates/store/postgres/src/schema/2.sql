-- Bytes found by their digest; `seen` is when they were last put, or named by a document.
CREATE TABLE blob (
    account text COLLATE "C" NOT NULL,
    region  text COLLATE "C" NOT NULL,
    digest  bytea            NOT NULL,
    bytes   bigint           NOT NULL,
    seen    bigint           NOT NULL,
    payload bytea            NOT NULL,
    PRIMARY KEY (account, region, digest)
);
-- Archives do not pack any smaller: the time is better spent elsewhere.
ALTER TABLE blob ALTER COLUMN payload SET STORAGE EXTERNAL;
CREATE INDEX blob_seen ON blob (seen);
