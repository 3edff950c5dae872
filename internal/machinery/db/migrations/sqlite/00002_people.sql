-- People, what they sign in with, what they may do, and what they did.
-- Times are UTC with milliseconds (2006-01-02T15:04:05.000Z), dates 2006-01-02,
-- both empty where there is none; truth is 0 or 1.
-- +goose Up

-- Keys of this installation, made when first needed.
CREATE TABLE installation_key (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL -- base64url
);

CREATE TABLE account (
    id      TEXT NOT NULL PRIMARY KEY,
    email   TEXT NOT NULL UNIQUE, -- as it is compared: lower case, NFC; erased: "erased:" and the id
    name    TEXT NOT NULL,
    lang    TEXT NOT NULL,        -- of the interface; empty: as the browser asks
    zone    TEXT NOT NULL,        -- IANA time zone; empty: the event's
    created TEXT NOT NULL,
    seen    TEXT NOT NULL,        -- last day of a session, for retention
    closed  TEXT NOT NULL,        -- by an administrator; cannot sign in
    erased  TEXT NOT NULL         -- personal data are gone, the id stays for the evidence
);

CREATE TABLE password (
    account TEXT NOT NULL PRIMARY KEY REFERENCES account (id),
    hash    TEXT NOT NULL, -- argon2id, PHC form
    changed TEXT NOT NULL
);

CREATE TABLE one_time_code (
    account   TEXT    NOT NULL PRIMARY KEY REFERENCES account (id),
    secret    TEXT    NOT NULL,
    confirmed TEXT    NOT NULL, -- empty until a first code was right
    step      INTEGER NOT NULL  -- last one used; none is taken twice
);

CREATE TABLE recovery_code (
    account TEXT NOT NULL REFERENCES account (id),
    hash    TEXT NOT NULL,
    used    TEXT NOT NULL,
    PRIMARY KEY (account, hash)
);

CREATE TABLE passkey (
    id         TEXT NOT NULL PRIMARY KEY, -- credential id, base64url
    account    TEXT NOT NULL REFERENCES account (id),
    name       TEXT NOT NULL,
    credential TEXT NOT NULL,             -- JSON: public key, counter, transports
    created    TEXT NOT NULL,
    used       TEXT NOT NULL
);

CREATE INDEX passkey_account ON passkey (account);

CREATE TABLE identity (
    issuer  TEXT NOT NULL,
    subject TEXT NOT NULL,
    account TEXT NOT NULL REFERENCES account (id),
    created TEXT NOT NULL,
    PRIMARY KEY (issuer, subject)
);

CREATE INDEX identity_account ON identity (account);

CREATE TABLE session (
    id      TEXT NOT NULL PRIMARY KEY, -- SHA-256 of the cookie, hex
    account TEXT NOT NULL REFERENCES account (id),
    handle  TEXT NOT NULL UNIQUE,      -- names it on the list of sessions
    how     TEXT NOT NULL,             -- password, password+code, passkey, provider, invitation
    device  TEXT NOT NULL,             -- browser and system in words, no version
    created TEXT NOT NULL,
    proved  TEXT NOT NULL,             -- last proof of who it is
    seen    TEXT NOT NULL,
    expires TEXT NOT NULL
);

CREATE INDEX session_account ON session (account);
CREATE INDEX session_expires ON session (expires);

-- What a ceremony over several requests must remember, by the hash of its cookie.
CREATE TABLE ceremony (
    id      TEXT NOT NULL PRIMARY KEY,
    kind    TEXT NOT NULL,
    account TEXT NOT NULL, -- empty where nobody is known yet
    state   TEXT NOT NULL, -- JSON
    expires TEXT NOT NULL
);

CREATE INDEX ceremony_expires ON ceremony (expires);

-- A role for a time. The end stays empty while it lasts; rows stay for history.
CREATE TABLE role_grant (
    id          TEXT NOT NULL PRIMARY KEY,
    account     TEXT NOT NULL REFERENCES account (id),
    role        TEXT NOT NULL,
    partnership TEXT NOT NULL, -- empty for the installation
    region      TEXT NOT NULL, -- NUTS code; empty for all
    since       TEXT NOT NULL,
    until       TEXT NOT NULL,
    given_by    TEXT NOT NULL
);

CREATE INDEX role_grant_account ON role_grant (account);
CREATE INDEX role_grant_partnership ON role_grant (partnership);

CREATE TABLE invitation (
    id          TEXT NOT NULL PRIMARY KEY,
    token       TEXT NOT NULL UNIQUE, -- SHA-256 of the link's secret, hex
    email       TEXT NOT NULL,
    role        TEXT NOT NULL,
    partnership TEXT NOT NULL,
    region      TEXT NOT NULL,
    given_by    TEXT NOT NULL REFERENCES account (id),
    created     TEXT NOT NULL,
    expires     TEXT NOT NULL,
    used        TEXT NOT NULL,
    used_by     TEXT NOT NULL,
    withdrawn   TEXT NOT NULL
);

CREATE INDEX invitation_partnership ON invitation (partnership);

-- Failed proofs by what was tried: an account, an address. Kept a day.
CREATE TABLE attempt (
    key   TEXT    NOT NULL PRIMARY KEY, -- keyed hash
    count INTEGER NOT NULL,
    first TEXT    NOT NULL,
    until TEXT    NOT NULL              -- no try before this
);

CREATE INDEX attempt_first ON attempt (first);

-- What a person agreed to, by version of the text.
CREATE TABLE consent (
    account   TEXT NOT NULL REFERENCES account (id),
    purpose   TEXT NOT NULL,
    version   TEXT NOT NULL,
    given     TEXT NOT NULL,
    withdrawn TEXT NOT NULL,
    PRIMARY KEY (account, purpose, given)
);

-- Who did what. Rows are never changed or removed.
CREATE TABLE audit (
    number      INTEGER PRIMARY KEY AUTOINCREMENT,
    at          TEXT NOT NULL,
    actor       TEXT NOT NULL, -- account; empty for nobody, "system" for a job
    act         TEXT NOT NULL,
    object      TEXT NOT NULL, -- kind and id: "account:abc"
    partnership TEXT NOT NULL,
    details     TEXT NOT NULL  -- JSON, no personal data beyond ids
);

CREATE INDEX audit_partnership ON audit (partnership, number);
CREATE INDEX audit_actor ON audit (actor, number);

-- +goose StatementBegin
CREATE TRIGGER audit_stays BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_remains BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
-- +goose StatementEnd

-- +goose Down
DROP TABLE audit;
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
