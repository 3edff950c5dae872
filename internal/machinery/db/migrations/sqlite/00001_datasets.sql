-- +goose Up
CREATE TABLE dataset (
  code      TEXT PRIMARY KEY,
  title     TEXT NOT NULL,
  publisher TEXT NOT NULL,
  licence   TEXT NOT NULL,
  link      TEXT NOT NULL
) STRICT;

-- One state of a dataset. structure holds dimensions, codes, labels and the
-- region codes with the NUTS version that each was resolved to, as JSON.
CREATE TABLE vintage (
  id        INTEGER PRIMARY KEY,
  dataset   TEXT NOT NULL REFERENCES dataset (code),
  label     TEXT NOT NULL,
  updated   TEXT NOT NULL,
  retrieved TEXT NOT NULL,
  imported  TEXT NOT NULL,
  file      TEXT NOT NULL,
  sha256    TEXT NOT NULL,
  format    TEXT NOT NULL,
  nuts      INTEGER NOT NULL,
  series    INTEGER NOT NULL,
  amount    INTEGER NOT NULL,
  current   INTEGER NOT NULL,
  first_id  INTEGER NOT NULL,
  notes     TEXT NOT NULL,
  structure TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX vintage_current ON vintage (dataset) WHERE current = 1;
CREATE INDEX vintage_dataset ON vintage (dataset, updated, retrieved);

-- A packed series is the stored row: id = first_id of its vintage + slice
-- number * regions + region number, so that a slice is one range of the table.
CREATE TABLE series (
  id   INTEGER PRIMARY KEY,
  body BLOB NOT NULL
) STRICT;

-- What is computed once and shown often: circle layouts, snapshot marks.
CREATE TABLE kept (
  name TEXT PRIMARY KEY,
  body BLOB NOT NULL
) STRICT;

-- +goose Down
DROP TABLE kept;
DROP TABLE series;
DROP TABLE vintage;
DROP TABLE dataset;
