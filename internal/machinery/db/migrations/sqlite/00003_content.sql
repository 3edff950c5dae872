-- The history of shared content. Rows are never removed; all that may change is
-- that a body is erased, and its digest keeps the chain whole.
-- +goose Up

CREATE TABLE version (
    kind     TEXT    NOT NULL, -- of the subject, such as practice
    subject  TEXT    NOT NULL, -- its id
    number   INTEGER NOT NULL, -- from 1, without gaps
    author   TEXT    NOT NULL,
    at       TEXT    NOT NULL, -- UTC, 2006-01-02T15:04:05.000Z
    note     TEXT    NOT NULL,
    restored INTEGER NOT NULL, -- the version that this one equals again, 0 for none
    digest   TEXT    NOT NULL, -- SHA-256 of the body, hex
    hash     TEXT    NOT NULL, -- SHA-256 over the former's hash and all of the above, hex
    body     TEXT    NOT NULL, -- JSON; empty: erased. Last, so that lists do not read it
    PRIMARY KEY (kind, subject, number)
);

-- +goose StatementBegin
CREATE TRIGGER version_stays BEFORE UPDATE ON version
WHEN NEW.body <> '' OR NEW.kind <> OLD.kind OR NEW.subject <> OLD.subject OR NEW.number <> OLD.number
    OR NEW.author <> OLD.author OR NEW.at <> OLD.at OR NEW.note <> OLD.note
    OR NEW.restored <> OLD.restored OR NEW.digest <> OLD.digest OR NEW.hash <> OLD.hash
BEGIN SELECT RAISE(ABORT, 'versions are append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER version_remains BEFORE DELETE ON version BEGIN SELECT RAISE(ABORT, 'versions are append-only'); END;
-- +goose StatementEnd

-- +goose Down
DROP TABLE version;
