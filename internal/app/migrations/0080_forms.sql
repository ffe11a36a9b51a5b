-- +goose Up

-- A form that a funder asks applicants to fill in. newest is the number of its newest
-- version, 0 while it has none.
CREATE TABLE funding_forms (
    id         BIGINT PRIMARY KEY,
    owner_id   BIGINT NOT NULL,
    title      JSONB NOT NULL,
    newest     BIGINT NOT NULL,
    sample     BOOLEAN NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    version    BIGINT NOT NULL
);
CREATE INDEX funding_forms_owner ON funding_forms (owner_id, id);

-- The text of each version; a row never changes, because applications live by it.
CREATE TABLE funding_form_versions (
    id      BIGINT PRIMARY KEY,
    form_id BIGINT NOT NULL REFERENCES funding_forms (id),
    no      BIGINT NOT NULL,
    text    TEXT NOT NULL,
    reason  JSONB NOT NULL,
    made_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL,
    UNIQUE (form_id, no)
);

-- What is being built and is no version yet; outside the journal.
CREATE TABLE funding_form_drafts (
    form_id  BIGINT PRIMARY KEY REFERENCES funding_forms (id),
    text     TEXT NOT NULL,
    saved_at TIMESTAMPTZ NOT NULL,
    version  BIGINT NOT NULL
);
