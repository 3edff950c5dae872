-- People, what they sign in with, what they may do, and what they did.
-- Times are UTC with milliseconds (2006-01-02T15:04:05.000Z), dates 2006-01-02,
-- both empty where there is none; truth is 0 or 1. Text is compared byte by byte
-- (COLLATE "C"), as SQLite does.
-- +goose Up

-- Keys of this installation, made when first needed.
CREATE TABLE installation_key (
    name  TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    value TEXT COLLATE "C" NOT NULL -- base64url
);

CREATE TABLE account (
    id      TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    email   TEXT COLLATE "C" NOT NULL UNIQUE, -- as it is compared: lower case, NFC; erased: "erased:" and the id
    name    TEXT COLLATE "C" NOT NULL,
    lang    TEXT COLLATE "C" NOT NULL,        -- of the interface; empty: as the browser asks
    zone    TEXT COLLATE "C" NOT NULL,        -- IANA time zone; empty: the event's
    created TEXT COLLATE "C" NOT NULL,
    seen    TEXT COLLATE "C" NOT NULL,        -- last day of a session, for retention
    closed  TEXT COLLATE "C" NOT NULL,        -- by an administrator; cannot sign in
    erased  TEXT COLLATE "C" NOT NULL         -- personal data are gone, the id stays for the evidence
);

CREATE TABLE password (
    account TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES account (id),
    hash    TEXT COLLATE "C" NOT NULL, -- argon2id, PHC form
    changed TEXT COLLATE "C" NOT NULL
);

CREATE TABLE one_time_code (
    account   TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES account (id),
    secret    TEXT COLLATE "C" NOT NULL,
    confirmed TEXT COLLATE "C" NOT NULL, -- empty until a first code was right
    step      BIGINT  NOT NULL  -- last one used; none is taken twice
);

CREATE TABLE recovery_code (
    account TEXT COLLATE "C" NOT NULL REFERENCES account (id),
    hash    TEXT COLLATE "C" NOT NULL,
    used    TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (account, hash)
);

CREATE TABLE passkey (
    id         TEXT COLLATE "C" NOT NULL PRIMARY KEY, -- credential id, base64url
    account    TEXT COLLATE "C" NOT NULL REFERENCES account (id),
    name       TEXT COLLATE "C" NOT NULL,
    credential TEXT COLLATE "C" NOT NULL,             -- JSON: public key, counter, transports
    created    TEXT COLLATE "C" NOT NULL,
    used       TEXT COLLATE "C" NOT NULL
);

CREATE INDEX passkey_account ON passkey (account);

CREATE TABLE identity (
    issuer  TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    account TEXT COLLATE "C" NOT NULL REFERENCES account (id),
    created TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (issuer, subject)
);

CREATE INDEX identity_account ON identity (account);

CREATE TABLE session (
    id      TEXT COLLATE "C" NOT NULL PRIMARY KEY, -- SHA-256 of the cookie, hex
    account TEXT COLLATE "C" NOT NULL REFERENCES account (id),
    handle  TEXT COLLATE "C" NOT NULL UNIQUE,      -- names it on the list of sessions
    how     TEXT COLLATE "C" NOT NULL,             -- password, password+code, passkey, provider, invitation
    device  TEXT COLLATE "C" NOT NULL,             -- browser and system in words, no version
    created TEXT COLLATE "C" NOT NULL,
    proved  TEXT COLLATE "C" NOT NULL,             -- last proof of who it is
    seen    TEXT COLLATE "C" NOT NULL,
    expires TEXT COLLATE "C" NOT NULL
);

CREATE INDEX session_account ON session (account);
CREATE INDEX session_expires ON session (expires);

-- What a ceremony over several requests must remember, by the hash of its cookie.
CREATE TABLE ceremony (
    id      TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    kind    TEXT COLLATE "C" NOT NULL,
    account TEXT COLLATE "C" NOT NULL, -- empty where nobody is known yet
    state   TEXT COLLATE "C" NOT NULL, -- JSON
    expires TEXT COLLATE "C" NOT NULL
);

CREATE INDEX ceremony_expires ON ceremony (expires);

-- A role for a time. The end stays empty while it lasts; rows stay for history.
CREATE TABLE role_grant (
    id          TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    account     TEXT COLLATE "C" NOT NULL REFERENCES account (id),
    role        TEXT COLLATE "C" NOT NULL,
    partnership TEXT COLLATE "C" NOT NULL, -- empty for the installation
    region      TEXT COLLATE "C" NOT NULL, -- NUTS code; empty for all
    since       TEXT COLLATE "C" NOT NULL,
    until       TEXT COLLATE "C" NOT NULL,
    given_by    TEXT COLLATE "C" NOT NULL
);

CREATE INDEX role_grant_account ON role_grant (account);
CREATE INDEX role_grant_partnership ON role_grant (partnership);

CREATE TABLE invitation (
    id          TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    token       TEXT COLLATE "C" NOT NULL UNIQUE, -- SHA-256 of the link's secret, hex
    email       TEXT COLLATE "C" NOT NULL,
    role        TEXT COLLATE "C" NOT NULL,
    partnership TEXT COLLATE "C" NOT NULL,
    region      TEXT COLLATE "C" NOT NULL,
    given_by    TEXT COLLATE "C" NOT NULL REFERENCES account (id),
    created     TEXT COLLATE "C" NOT NULL,
    expires     TEXT COLLATE "C" NOT NULL,
    used        TEXT COLLATE "C" NOT NULL,
    used_by     TEXT COLLATE "C" NOT NULL,
    withdrawn   TEXT COLLATE "C" NOT NULL
);

CREATE INDEX invitation_partnership ON invitation (partnership);

-- Failed proofs by what was tried: an account, an address. Kept a day.
CREATE TABLE attempt (
    key   TEXT COLLATE "C" NOT NULL PRIMARY KEY, -- keyed hash
    count INTEGER NOT NULL,
    first TEXT COLLATE "C" NOT NULL,
    until TEXT COLLATE "C" NOT NULL              -- no try before this
);

CREATE INDEX attempt_first ON attempt (first);

-- What a person agreed to, by version of the text.
CREATE TABLE consent (
    account   TEXT COLLATE "C" NOT NULL REFERENCES account (id),
    purpose   TEXT COLLATE "C" NOT NULL,
    version   TEXT COLLATE "C" NOT NULL,
    given     TEXT COLLATE "C" NOT NULL,
    withdrawn TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (account, purpose, given)
);

-- Who did what. Rows are never changed or removed.
CREATE TABLE audit (
    number      BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at          TEXT COLLATE "C" NOT NULL,
    actor       TEXT COLLATE "C" NOT NULL, -- account; empty for nobody, "system" for a job
    act         TEXT COLLATE "C" NOT NULL,
    object      TEXT COLLATE "C" NOT NULL, -- kind and id: "account:abc"
    partnership TEXT COLLATE "C" NOT NULL,
    details     TEXT COLLATE "C" NOT NULL  -- JSON, no personal data beyond ids
);

CREATE INDEX audit_partnership ON audit (partnership, number);
CREATE INDEX audit_actor ON audit (actor, number);

-- +goose StatementBegin
CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$;
-- +goose StatementEnd
CREATE TRIGGER audit_stays BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_remains BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();

-- +goose Down
DROP TABLE audit;
DROP FUNCTION audit_is_append_only;
DROP TABLE consent;
DROP TABLE attempt;
DROP TABLE invitation;
DROP TABLE role_grant;
DROP TABLE ceremony;
DROP TABLE session;
DROP TABLE identity;
DROP TABLE passkey;
DROP TABLE recovery_code;
DROP TABLE one_time_code;
DROP TABLE password;
DROP TABLE account;
DROP TABLE installation_key;
