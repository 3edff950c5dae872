-- Work that is done beside the requests. Times are UTC with milliseconds
-- (2006-01-02T15:04:05.000Z), empty where there is none.
-- +goose Up

CREATE TABLE job (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    kind     TEXT    NOT NULL,
    key      TEXT    NOT NULL, -- no two open jobs of a kind share one; empty: none
    body     TEXT    NOT NULL, -- JSON
    due      TEXT    NOT NULL, -- not before
    tries    INTEGER NOT NULL, -- begun so far
    lease    TEXT    NOT NULL, -- until then the holder runs it
    holder   TEXT    NOT NULL, -- the instance and the run
    error    TEXT    NOT NULL, -- sentence of the last failure
    done     TEXT    NOT NULL, -- empty while it is open; with an error: given up
    created  TEXT    NOT NULL,
    progress INTEGER NOT NULL, -- so many
    parts    INTEGER NOT NULL  -- of so many; 0: not known
);

CREATE UNIQUE INDEX job_key ON job (kind, key) WHERE done = '' AND key <> '';
CREATE INDEX job_due ON job (kind, due, id, lease) WHERE done = '';
CREATE INDEX job_done ON job (done) WHERE done <> '';

-- The last period in which each periodic job was started, by any instance.
CREATE TABLE job_period (
    kind  TEXT NOT NULL PRIMARY KEY,
    start TEXT NOT NULL
);

-- +goose Down
DROP TABLE job_period;
DROP TABLE job;
