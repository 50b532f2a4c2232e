-- What each member of a group has used, day by day, and by how much its period was extended on that day.
CREATE TABLE usage (
    account    text COLLATE "C" NOT NULL,
    region     text COLLATE "C" NOT NULL,
    group_name text COLLATE "C" NOT NULL,
    member     text COLLATE "C" NOT NULL,
    day        integer          NOT NULL,
    used       bigint           NOT NULL,
    extra      bigint           NOT NULL,
    PRIMARY KEY (account, region, group_name, member, day)
);
CREATE INDEX usage_day ON usage (day);

-- Nodes that say that they are there, and until when, in nanoseconds since 1970.
CREATE TABLE node (
    name  text COLLATE "C" PRIMARY KEY,
    until bigint           NOT NULL
);
