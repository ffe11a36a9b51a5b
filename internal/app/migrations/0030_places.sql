-- +goose Up

-- Regions, districts, towns and villages. The country itself is no row: it is
-- what lies around places without a parent.
CREATE TABLE places (
    id           BIGINT PRIMARY KEY,
    version      BIGINT NOT NULL,
    kato         TEXT UNIQUE,
    former       JSONB NOT NULL,
    parent_id    BIGINT REFERENCES places (id),
    kind         TEXT NOT NULL,
    name         JSONB NOT NULL,
    sort_key     BYTEA NOT NULL,
    sort_version BIGINT NOT NULL,
    rural        BOOLEAN NOT NULL,
    sample       BOOLEAN NOT NULL,
    replaced_by  BIGINT REFERENCES places (id),
    since        DATE,
    until        DATE
);
CREATE INDEX places_parent ON places (parent_id);
