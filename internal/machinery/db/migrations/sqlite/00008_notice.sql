-- What people are told. Times are UTC with milliseconds (2006-01-02T15:04:05.000Z),
-- empty where there is none; truth is 0 or 1.
-- +goose Up

CREATE TABLE notice (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    account     TEXT    NOT NULL,
    kind        TEXT    NOT NULL,
    partnership TEXT    NOT NULL, -- empty: none
    inside      INTEGER NOT NULL, -- only for those who have a role in the partnership
    path        TEXT    NOT NULL, -- of the page that shows it; empty: none
    args        TEXT    NOT NULL, -- JSON, for the sentence
    by_account  TEXT    NOT NULL, -- empty: nobody in particular
    key         TEXT    NOT NULL, -- what is told anew under it takes its place; empty: nothing does
    at          TEXT    NOT NULL,
    times       INTEGER NOT NULL, -- since it was last read
    read_at     TEXT    NOT NULL,
    sent        TEXT    NOT NULL  -- by a letter
);

CREATE UNIQUE INDEX notice_key ON notice (account, key) WHERE key <> '';
CREATE INDEX notice_account ON notice (account, at, id);
CREATE INDEX notice_unread ON notice (account, id) WHERE read_at = '';
CREATE INDEX notice_at ON notice (at);

-- How often a person gets letters about a kind, where she has chosen.
CREATE TABLE notice_choice (
    account TEXT NOT NULL,
    kind    TEXT NOT NULL,
    rhythm  TEXT NOT NULL CHECK (rhythm IN ('never', 'at-once', 'daily', 'weekly')),
    PRIMARY KEY (account, kind)
);

-- +goose Down
DROP TABLE notice_choice;
DROP TABLE notice;
