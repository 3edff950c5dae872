-- The history of shared content. Rows are never removed; all that may change is
-- that a body is erased, and its digest keeps the chain whole. Text is compared
-- byte by byte (COLLATE "C"), as SQLite does.
-- +goose Up

CREATE TABLE version (
    kind     TEXT COLLATE "C" NOT NULL, -- of the subject, such as practice
    subject  TEXT COLLATE "C" NOT NULL, -- its id
    number   INTEGER NOT NULL,          -- from 1, without gaps
    author   TEXT COLLATE "C" NOT NULL,
    at       TEXT COLLATE "C" NOT NULL, -- UTC, 2006-01-02T15:04:05.000Z
    note     TEXT COLLATE "C" NOT NULL,
    restored INTEGER NOT NULL,          -- the version that this one equals again, 0 for none
    digest   TEXT COLLATE "C" NOT NULL, -- SHA-256 of the body, hex
    hash     TEXT COLLATE "C" NOT NULL, -- SHA-256 over the former's hash and all of the above, hex
    body     TEXT COLLATE "C" NOT NULL, -- JSON; empty: erased
    PRIMARY KEY (kind, subject, number)
);

-- +goose StatementBegin
CREATE FUNCTION version_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NEW.body = '' AND (NEW.kind, NEW.subject, NEW.number, NEW.author, NEW.at, NEW.note, NEW.restored, NEW.digest, NEW.hash)
            = (OLD.kind, OLD.subject, OLD.number, OLD.author, OLD.at, OLD.note, OLD.restored, OLD.digest, OLD.hash) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'versions are append-only';
END $$;
-- +goose StatementEnd
CREATE TRIGGER version_stays BEFORE UPDATE OR DELETE ON version FOR EACH ROW EXECUTE FUNCTION version_is_append_only();
CREATE TRIGGER version_remains BEFORE TRUNCATE ON version FOR EACH STATEMENT EXECUTE FUNCTION version_is_append_only();

-- +goose Down
DROP TABLE version;
DROP FUNCTION version_is_append_only;
