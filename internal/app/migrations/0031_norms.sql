-- +goose Up

-- Dated rules with their legal reference. A norm is never rewritten: another one
-- with the same key follows it from a later date.
CREATE TABLE norms (
    id         BIGINT PRIMARY KEY,
    version    BIGINT NOT NULL,
    key        TEXT NOT NULL,
    name       JSONB NOT NULL,
    value      JSONB NOT NULL,
    unit       TEXT NOT NULL,
    law        JSONB NOT NULL,
    law_url    TEXT NOT NULL,
    valid_from DATE NOT NULL,
    valid_to   DATE,
    open       BOOLEAN NOT NULL,
    UNIQUE (key, valid_from)
);

-- Classifiers: a list has codes, a code has one name at a time.
CREATE TABLE norm_terms (
    id      BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    list    TEXT NOT NULL,
    code    TEXT NOT NULL,
    num     BIGINT NOT NULL,
    name    JSONB NOT NULL,
    short   JSONB NOT NULL,
    at_risk BOOLEAN NOT NULL,
    ngo     BOOLEAN NOT NULL,
    open    BOOLEAN NOT NULL,
    since   DATE NOT NULL,
    until   DATE,
    UNIQUE (list, code, since)
);

-- Days that are not as their day of the week says, and the years whose official
-- table is in.
CREATE TABLE norm_days (
    id         BIGINT PRIMARY KEY,
    version    BIGINT NOT NULL,
    day        DATE NOT NULL UNIQUE,
    working    BOOLEAN NOT NULL,
    reason     JSONB NOT NULL,
    moved_from DATE
);
CREATE TABLE norm_years (
    id      BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    year    BIGINT NOT NULL UNIQUE,
    law     JSONB NOT NULL,
    law_url TEXT NOT NULL
);

-- What one keeper proposed and another one confirms.
CREATE TABLE norm_proposals (
    id          BIGINT PRIMARY KEY,
    version     BIGINT NOT NULL,
    what        TEXT NOT NULL,
    about       TEXT NOT NULL,
    body        JSONB NOT NULL,
    valid_from  DATE NOT NULL,
    reason      TEXT NOT NULL,
    state       TEXT NOT NULL,
    proposed_by BIGINT NOT NULL,
    proposed_at TIMESTAMPTZ NOT NULL,
    decided_by  BIGINT,
    decided_at  TIMESTAMPTZ
);
CREATE INDEX norm_proposals_about ON norm_proposals (about, id);
