-- +goose Up
CREATE TABLE dataset (
  code      TEXT PRIMARY KEY,
  title     TEXT NOT NULL,
  publisher TEXT NOT NULL,
  licence   TEXT NOT NULL,
  link      TEXT NOT NULL
);

-- One state of a dataset. structure holds dimensions, codes, labels and the
-- region codes with the NUTS version that each was resolved to, as JSON.
CREATE TABLE vintage (
  id        BIGINT PRIMARY KEY,
  dataset   TEXT NOT NULL REFERENCES dataset (code),
  label     TEXT NOT NULL,
  updated   TEXT NOT NULL,
  retrieved TEXT NOT NULL,
  imported  TEXT NOT NULL,
  file      TEXT NOT NULL,
  sha256    TEXT NOT NULL,
  format    TEXT NOT NULL,
  nuts      BIGINT NOT NULL,
  series    BIGINT NOT NULL,
  amount    BIGINT NOT NULL,
  current   BIGINT NOT NULL,
  first_id  BIGINT NOT NULL,
  notes     TEXT NOT NULL,
  structure TEXT NOT NULL
);
CREATE UNIQUE INDEX vintage_current ON vintage (dataset) WHERE current = 1;
CREATE INDEX vintage_dataset ON vintage (dataset, updated, retrieved);

-- A packed series is the stored row: id = first_id of its vintage + slice
-- number * regions + region number, so that a slice is one range of the table.
CREATE TABLE series (
  id   BIGINT PRIMARY KEY,
  body BYTEA NOT NULL
);

-- What is computed once and shown often: circle layouts, snapshot marks.
CREATE TABLE kept (
  name TEXT PRIMARY KEY,
  body BYTEA NOT NULL
);

-- +goose Down
DROP TABLE kept;
DROP TABLE series;
DROP TABLE vintage;
DROP TABLE dataset;
