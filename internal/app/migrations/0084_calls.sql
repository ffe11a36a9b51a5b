-- +goose Up

-- Numbers by which people quote cases: one row for each kind and year.
CREATE TABLE funding_numbers (
    kind TEXT NOT NULL,
    year BIGINT NOT NULL,
    last BIGINT NOT NULL,
    PRIMARY KEY (kind, year)
);

-- A call for applications. The phase is not stored: it follows from the rounds,
-- the applications and the clock. The columns from kind to closes_at repeat what
-- the terms say, for those who ask.
CREATE TABLE calls (
    id            BIGINT PRIMARY KEY,
    number        TEXT NOT NULL UNIQUE,
    funder_id     BIGINT NOT NULL,
    kind          TEXT NOT NULL,
    programme_id  BIGINT,
    pot_id        BIGINT,
    place_id      BIGINT NOT NULL,
    opens_at      TIMESTAMPTZ,
    closes_at     TIMESTAMPTZ,
    terms         JSONB NOT NULL,
    published_at  TIMESTAMPTZ,
    cancelled_at  TIMESTAMPTZ,
    cancel_reason JSONB NOT NULL,
    revision      BIGINT NOT NULL,
    norms_on      DATE,
    sample        BOOLEAN NOT NULL,
    created_at    TIMESTAMPTZ NOT NULL,
    version       BIGINT NOT NULL
);
CREATE INDEX calls_funder ON calls (funder_id, id);
CREATE INDEX calls_place ON calls (place_id, id);
CREATE INDEX calls_programme ON calls (programme_id) WHERE programme_id IS NOT NULL;
CREATE INDEX calls_pot ON calls (pot_id) WHERE pot_id IS NOT NULL;
CREATE INDEX calls_closes ON calls (closes_at, id) WHERE published_at IS NOT NULL;

-- Each change of a published call with both texts; a row never changes.
CREATE TABLE call_revisions (
    id           BIGINT PRIMARY KEY,
    call_id      BIGINT NOT NULL REFERENCES calls (id),
    no           BIGINT NOT NULL,
    made_at      TIMESTAMPTZ NOT NULL,
    reason       JSONB NOT NULL,
    late_reason  JSONB NOT NULL,
    terms_before JSONB NOT NULL,
    terms_after  JSONB NOT NULL,
    version      BIGINT NOT NULL,
    UNIQUE (call_id, no)
);
