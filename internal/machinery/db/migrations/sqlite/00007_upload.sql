-- Files that people add. The bytes stand in the blob store under their sums.
-- +goose Up

CREATE TABLE upload (
    id          TEXT    NOT NULL PRIMARY KEY,
    partnership TEXT    NOT NULL,
    region      TEXT    NOT NULL, -- empty: no region in particular
    owner       TEXT    NOT NULL, -- account
    name        TEXT    NOT NULL,
    kind        TEXT    NOT NULL, -- of machinery/media; empty until it is known
    mime        TEXT    NOT NULL,
    state       TEXT    NOT NULL CHECK (state IN ('waiting', 'working', 'ready', 'refused')),
    progress    INTEGER NOT NULL, -- percent
    refusal     TEXT    NOT NULL, -- JSON; empty where there is none
    raw         TEXT    NOT NULL, -- sum of what came in; empty once it is ingested
    raw_size    INTEGER NOT NULL,
    sum         TEXT    NOT NULL, -- of the original as ingested; empty before, and once it is removed
    size        INTEGER NOT NULL,
    room        INTEGER NOT NULL, -- bytes that count for the quota
    width       INTEGER NOT NULL,
    height      INTEGER NOT NULL,
    taken       TEXT    NOT NULL,
    taken_zone  INTEGER NOT NULL,
    removed     TEXT    NOT NULL, -- JSON: what was removed from the file
    notes       TEXT    NOT NULL, -- JSON: what the person should know
    alt         TEXT    NOT NULL, -- JSON: a text in several languages
    credit      TEXT    NOT NULL,
    public      INTEGER NOT NULL,
    created     TEXT    NOT NULL,
    gone        TEXT    NOT NULL, -- when it was removed; empty while it is there
    gone_by     TEXT    NOT NULL
);

CREATE INDEX upload_partnership ON upload (partnership, created);
CREATE INDEX upload_owner ON upload (owner);
CREATE INDEX upload_sum ON upload (sum) WHERE sum <> '';
CREATE INDEX upload_raw ON upload (raw) WHERE raw <> '';

-- The smaller sizes of pictures.
CREATE TABLE upload_copy (
    upload TEXT    NOT NULL REFERENCES upload (id),
    width  INTEGER NOT NULL,
    height INTEGER NOT NULL,
    mime   TEXT    NOT NULL,
    sum    TEXT    NOT NULL,
    size   INTEGER NOT NULL,
    PRIMARY KEY (upload, width)
);

CREATE INDEX upload_copy_sum ON upload_copy (sum);

-- +goose Down
DROP TABLE upload_copy;
DROP TABLE upload;
