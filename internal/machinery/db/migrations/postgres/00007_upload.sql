-- Files that people add. The bytes stand in the blob store under their sums. Text is
-- compared byte by byte (COLLATE "C"), as SQLite does.
-- +goose Up

CREATE TABLE upload (
    id          TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    partnership TEXT COLLATE "C" NOT NULL,
    region      TEXT COLLATE "C" NOT NULL, -- empty: no region in particular
    owner       TEXT COLLATE "C" NOT NULL, -- account
    name        TEXT COLLATE "C" NOT NULL,
    kind        TEXT COLLATE "C" NOT NULL, -- of machinery/media; empty until it is known
    mime        TEXT COLLATE "C" NOT NULL,
    state       TEXT COLLATE "C" NOT NULL CHECK (state IN ('waiting', 'working', 'ready', 'refused')),
    progress    BIGINT NOT NULL, -- percent
    refusal     TEXT COLLATE "C" NOT NULL, -- JSON; empty where there is none
    raw         TEXT COLLATE "C" NOT NULL, -- sum of what came in; empty once it is ingested
    raw_size    BIGINT NOT NULL,
    sum         TEXT COLLATE "C" NOT NULL, -- of the original as ingested; empty before, and once it is removed
    size        BIGINT NOT NULL,
    room        BIGINT NOT NULL, -- bytes that count for the quota
    width       BIGINT NOT NULL,
    height      BIGINT NOT NULL,
    taken       TEXT COLLATE "C" NOT NULL,
    taken_zone  BIGINT NOT NULL,
    removed     TEXT COLLATE "C" NOT NULL, -- JSON: what was removed from the file
    notes       TEXT COLLATE "C" NOT NULL, -- JSON: what the person should know
    alt         TEXT COLLATE "C" NOT NULL, -- JSON: a text in several languages
    credit      TEXT COLLATE "C" NOT NULL,
    public      BIGINT NOT NULL,
    created     TEXT COLLATE "C" NOT NULL,
    gone        TEXT COLLATE "C" NOT NULL, -- when it was removed; empty while it is there
    gone_by     TEXT COLLATE "C" NOT NULL
);

CREATE INDEX upload_partnership ON upload (partnership, created);
CREATE INDEX upload_owner ON upload (owner);
CREATE INDEX upload_sum ON upload (sum) WHERE sum <> '';
CREATE INDEX upload_raw ON upload (raw) WHERE raw <> '';

-- The smaller sizes of pictures.
CREATE TABLE upload_copy (
    upload TEXT COLLATE "C" NOT NULL REFERENCES upload (id),
    width  BIGINT NOT NULL,
    height BIGINT NOT NULL,
    mime   TEXT COLLATE "C" NOT NULL,
    sum    TEXT COLLATE "C" NOT NULL,
    size   BIGINT NOT NULL,
    PRIMARY KEY (upload, width)
);

CREATE INDEX upload_copy_sum ON upload_copy (sum);

-- +goose Down
DROP TABLE upload_copy;
DROP TABLE upload;
