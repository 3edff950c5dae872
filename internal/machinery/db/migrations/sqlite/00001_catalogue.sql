-- Datasets as they were imported: each import is a vintage, older ones stay.
-- +goose Up

CREATE TABLE dataset (
    code      TEXT NOT NULL PRIMARY KEY,
    title     TEXT NOT NULL,
    publisher TEXT NOT NULL,
    licence   TEXT NOT NULL,
    link      TEXT NOT NULL
);

-- Times are UTC, RFC 3339 to the second; empty where not stated.
CREATE TABLE vintage (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    dataset   TEXT    NOT NULL REFERENCES dataset (code),
    label     TEXT    NOT NULL,
    updated   TEXT    NOT NULL,
    retrieved TEXT    NOT NULL,
    imported  TEXT    NOT NULL,
    file      TEXT    NOT NULL,
    sha256    TEXT    NOT NULL, -- of the file, empty where not known
    content   TEXT    NOT NULL, -- digest of the figures, whatever file they came in
    format    TEXT    NOT NULL,
    nuts      INTEGER NOT NULL, -- main version of the region codes
    series    INTEGER NOT NULL,
    figures   INTEGER NOT NULL, -- values, without those that are only flagged as missing
    last      INTEGER NOT NULL, -- series numbers below this one are taken
    notes     TEXT    NOT NULL, -- JSON: list of sentences
    structure TEXT    NOT NULL  -- JSON: dimensions, codes, labels, coverage
);

CREATE INDEX vintage_dataset ON vintage (dataset);

-- A slice is one combination of codes; the codes stand in the order of the
-- dataset's dimensions with a tab between them. Series first to first + 4095
-- are its regions number 4096 * block to 4096 * block + 4095.
CREATE TABLE slice (
    vintage INTEGER NOT NULL REFERENCES vintage (id),
    codes   TEXT    NOT NULL,
    block   INTEGER NOT NULL,
    first   INTEGER NOT NULL,
    PRIMARY KEY (vintage, codes, block)
) WITHOUT ROWID;

-- The codes of the region dimension, numbered within the vintage.
CREATE TABLE vintage_region (
    vintage INTEGER NOT NULL REFERENCES vintage (id),
    code    TEXT    NOT NULL,
    number  INTEGER NOT NULL,
    nuts    INTEGER NOT NULL, -- version that the code was resolved to, 0 for none
    kind    INTEGER NOT NULL, -- nuts.Kind
    label   TEXT    NOT NULL, -- as published, where the tables of regions have no name
    PRIMARY KEY (vintage, code)
) WITHOUT ROWID;

-- One row a series: docs/packed-series.md describes the body.
CREATE TABLE series (
    id   INTEGER PRIMARY KEY,
    body BLOB NOT NULL
);

-- +goose Down
DROP TABLE series;
DROP TABLE vintage_region;
DROP TABLE slice;
DROP TABLE vintage;
DROP TABLE dataset;
