-- +goose Up

-- Who was put forward. A private person is there by their own consent.
CREATE TABLE award_nominees (
    id            BIGINT PRIMARY KEY,
    round_id      BIGINT NOT NULL REFERENCES award_rounds (id),
    no            BIGINT NOT NULL,
    nomination    BIGINT NOT NULL,
    org_id        BIGINT,
    person_id     BIGINT,
    person_name   TEXT NOT NULL,
    consented_at  TIMESTAMPTZ,
    by_person     BIGINT,
    why           JSONB NOT NULL,
    evidence      JSONB NOT NULL,
    admitted_at   TIMESTAMPTZ,
    refused_at    TIMESTAMPTZ,
    refuse_reason JSONB NOT NULL,
    withdrawn_at  TIMESTAMPTZ,
    sample        BOOLEAN NOT NULL,
    created_at    TIMESTAMPTZ NOT NULL,
    version       BIGINT NOT NULL,
    UNIQUE (round_id, no)
);
CREATE UNIQUE INDEX award_nominees_org ON award_nominees (round_id, nomination, org_id) WHERE withdrawn_at IS NULL AND refused_at IS NULL;
CREATE UNIQUE INDEX award_nominees_person ON award_nominees (round_id, nomination, person_id) WHERE withdrawn_at IS NULL AND refused_at IS NULL;

-- Who wins. One decision is made of a round.
CREATE TABLE award_decisions (
    id           BIGINT PRIMARY KEY,
    round_id     BIGINT NOT NULL UNIQUE REFERENCES award_rounds (id),
    panel_id     BIGINT NOT NULL,
    winners      JSONB NOT NULL,
    note         JSONB NOT NULL,
    put_at       TIMESTAMPTZ,
    published_at TIMESTAMPTZ,
    sample       BOOLEAN NOT NULL,
    version      BIGINT NOT NULL
);
