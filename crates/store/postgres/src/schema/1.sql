-- Keys are compared by their bytes, whatever language the database sorts by.

-- The newest revision, and up to which the change feed has been cut. Its lock puts commits in order.
CREATE TABLE installation (
    one          boolean PRIMARY KEY DEFAULT true CHECK (one),
    revision     bigint  NOT NULL,
    changes_from bigint  NOT NULL
);
INSERT INTO installation (revision, changes_from) VALUES (0, 0);

CREATE TABLE document (
    table_name text COLLATE "C" NOT NULL,
    account    text COLLATE "C" NOT NULL,
    region     text COLLATE "C" NOT NULL,
    id         text COLLATE "C" NOT NULL,
    revision   bigint           NOT NULL,
    value      bytea            NOT NULL
);
-- The revision rides along, so that measuring a range reads no documents.
CREATE UNIQUE INDEX document_key ON document (table_name, account, region, id) INCLUDE (revision);

CREATE TABLE index_entry (
    name       text COLLATE "C" NOT NULL,
    value      text COLLATE "C" NOT NULL,
    table_name text COLLATE "C" NOT NULL,
    account    text COLLATE "C" NOT NULL,
    region     text COLLATE "C" NOT NULL,
    id         text COLLATE "C" NOT NULL,
    PRIMARY KEY (name, value)
);
CREATE INDEX index_entry_key ON index_entry (table_name, account, region, id);

CREATE TABLE change (
    revision   bigint           NOT NULL,
    table_name text COLLATE "C" NOT NULL,
    account    text COLLATE "C" NOT NULL,
    region     text COLLATE "C" NOT NULL,
    id         text COLLATE "C" NOT NULL,
    PRIMARY KEY (revision, table_name, account, region, id)
);

CREATE TABLE audit (
    sequence      bigint           GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account       text COLLATE "C" NOT NULL,
    region        text COLLATE "C" NOT NULL,
    time          bigint           NOT NULL,
    event_id      text             NOT NULL,
    event_name    text             NOT NULL,
    event_source  text             NOT NULL,
    read_only     boolean          NOT NULL,
    username      text,
    access_key_id text,
    resources     text             NOT NULL,
    record        text             NOT NULL
);
CREATE INDEX audit_scope ON audit (account, region, time, sequence);
CREATE INDEX audit_time ON audit (time, sequence);

-- One row for each attribute by which an audit record is looked up.
CREATE TABLE audit_attribute (
    account   text COLLATE "C" NOT NULL,
    region    text COLLATE "C" NOT NULL,
    attribute text COLLATE "C" NOT NULL,
    value     text COLLATE "C" NOT NULL,
    time      bigint           NOT NULL,
    sequence  bigint           NOT NULL,
    PRIMARY KEY (account, region, attribute, value, time, sequence)
);
CREATE INDEX audit_attribute_sequence ON audit_attribute (sequence);

CREATE TABLE lease (
    name   text COLLATE "C" PRIMARY KEY,
    holder text             NOT NULL,
    fence  bigint           NOT NULL,
    until  bigint           NOT NULL
);

-- Blocks of events. Filters and payloads do not compress any further.
CREATE TABLE block (
    sequence bigint           GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account  text COLLATE "C" NOT NULL,
    region   text COLLATE "C" NOT NULL,
    stream   text COLLATE "C" NOT NULL,
    first    bigint           NOT NULL,
    last     bigint           NOT NULL,
    entries  bigint           NOT NULL,
    bytes    bigint           NOT NULL,
    filter   bytea            NOT NULL,
    payload  bytea            NOT NULL
);
ALTER TABLE block ALTER filter SET STORAGE EXTERNAL, ALTER payload SET STORAGE EXTERNAL;
CREATE INDEX block_last ON block (last, sequence) INCLUDE (bytes);
