-- +goose Up

-- Where a figure was published.
CREATE TABLE figure_sources (
    id        BIGINT PRIMARY KEY,
    version   BIGINT NOT NULL,
    code      TEXT NOT NULL UNIQUE,
    publisher TEXT NOT NULL,
    published DATE,
    lang      TEXT NOT NULL,
    url       TEXT NOT NULL,
    forum     JSONB
);

-- What was published, in the source's own terms.
CREATE TABLE figures (
    id          BIGINT PRIMARY KEY,
    version     BIGINT NOT NULL,
    fact        TEXT NOT NULL UNIQUE,
    source_id   BIGINT NOT NULL REFERENCES figure_sources (id),
    indicator   JSONB NOT NULL,
    written_in  TEXT NOT NULL,
    topic       TEXT NOT NULL,
    series      TEXT NOT NULL,
    value       DOUBLE PRECISION NOT NULL,
    unit        TEXT NOT NULL,
    qualifier   TEXT NOT NULL,
    change      DOUBLE PRECISION,
    definition  TEXT NOT NULL,
    note        JSONB NOT NULL,
    period      TEXT NOT NULL,
    period_from DATE,
    period_to   DATE,
    scope       TEXT NOT NULL,
    places      JSONB NOT NULL
);

-- Which places a figure stands for; a figure without a row stands for the country.
CREATE TABLE figure_places (
    figure_id BIGINT NOT NULL REFERENCES figures (id),
    place_id  BIGINT NOT NULL,
    PRIMARY KEY (place_id, figure_id)
);
