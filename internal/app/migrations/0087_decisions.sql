-- +goose Up

-- Who of a round is funded. One is being made at a time.
CREATE TABLE decisions (
    id           BIGINT PRIMARY KEY,
    call_id      BIGINT NOT NULL REFERENCES calls (id),
    round        BIGINT NOT NULL,
    no           BIGINT NOT NULL,
    kind         TEXT NOT NULL, -- order, reserve, appeal
    panel_id     BIGINT NOT NULL,
    appeal_id    BIGINT,
    departures   JSONB NOT NULL,
    note         JSONB NOT NULL,
    put_at       TIMESTAMPTZ,
    granted      BIGINT NOT NULL,
    funded       BIGINT NOT NULL,
    published_at TIMESTAMPTZ,
    dropped_at   TIMESTAMPTZ,
    sample       BOOLEAN NOT NULL,
    created_at   TIMESTAMPTZ NOT NULL,
    version      BIGINT NOT NULL,
    UNIQUE (call_id, round, no)
);
CREATE UNIQUE INDEX decisions_one ON decisions (call_id, round) WHERE published_at IS NULL AND dropped_at IS NULL;

-- What a decision says of each application, from when it was put.
CREATE TABLE rulings (
    id             BIGINT PRIMARY KEY,
    decision_id    BIGINT NOT NULL REFERENCES decisions (id),
    call_id        BIGINT NOT NULL,
    application_id BIGINT NOT NULL REFERENCES applications (id),
    outcome        TEXT NOT NULL,
    granted        BIGINT NOT NULL,
    place          BIGINT NOT NULL,
    raw_place      BIGINT NOT NULL,
    points         BIGINT NOT NULL, -- hundredths
    raw_points     BIGINT NOT NULL,
    marks          BIGINT NOT NULL,
    stays          BIGINT NOT NULL,
    departs        BOOLEAN NOT NULL,
    reason         JSONB NOT NULL,
    version        BIGINT NOT NULL,
    UNIQUE (decision_id, application_id)
);
CREATE INDEX rulings_application ON rulings (application_id, id);

-- What an application won by the decision that holds, in tiyn.
ALTER TABLE applications ADD COLUMN granted BIGINT NOT NULL DEFAULT 0;

-- An applicant is against what was decided.
CREATE TABLE decision_appeals (
    id             BIGINT PRIMARY KEY,
    number         TEXT NOT NULL UNIQUE,
    application_id BIGINT NOT NULL REFERENCES applications (id),
    call_id        BIGINT NOT NULL,
    round          BIGINT NOT NULL,
    org_id         BIGINT NOT NULL,
    against        TEXT NOT NULL, -- the state of the application that is appealed
    grounds        JSONB NOT NULL,
    filed_at       TIMESTAMPTZ NOT NULL,
    filed_by       BIGINT NOT NULL,
    due            DATE NOT NULL,
    panel_id       BIGINT,
    outcome        TEXT NOT NULL, -- empty, granted, rejected, withdrawn
    reasons        JSONB NOT NULL,
    ended_at       TIMESTAMPTZ,
    decision_id    BIGINT,
    sample         BOOLEAN NOT NULL,
    version        BIGINT NOT NULL
);
CREATE INDEX decision_appeals_application ON decision_appeals (application_id, id);
CREATE INDEX decision_appeals_call ON decision_appeals (call_id, round, id);
CREATE UNIQUE INDEX decision_appeals_one ON decision_appeals (application_id) WHERE ended_at IS NULL;
