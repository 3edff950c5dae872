-- Partnerships and their parts. A body is the newest version of the part (JSON;
-- table version has them all), 'null' where it was removed. Truth is 0 or 1.
-- +goose Up

CREATE TABLE partnership (
    id      TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    slug    TEXT COLLATE "C" NOT NULL UNIQUE, -- in addresses
    public  INTEGER NOT NULL,
    version INTEGER NOT NULL,
    body    TEXT NOT NULL
);

CREATE TABLE part (
    id          TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    partnership TEXT COLLATE "C" NOT NULL REFERENCES partnership (id),
    kind        TEXT COLLATE "C" NOT NULL,
    internal    INTEGER NOT NULL, -- only people with a role see it
    version     INTEGER NOT NULL,
    body        TEXT NOT NULL
);

CREATE INDEX part_partnership ON part (partnership, kind, id);

-- +goose Down
DROP TABLE part;
DROP TABLE partnership;
