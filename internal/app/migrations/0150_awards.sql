-- +goose Up

-- Awards: announced on this portal, or told by a report from outside.
CREATE TABLE award_rounds (
    id            BIGINT PRIMARY KEY,
    organizer_id  BIGINT,
    place_id      BIGINT NOT NULL,
    forum         JSONB NOT NULL,
    terms         JSONB NOT NULL,
    source        JSONB NOT NULL,
    fact          TEXT NOT NULL, -- which fact of which report; empty for those of this portal
    held_on       DATE,
    norms_on      DATE,
    published_at  TIMESTAMPTZ,
    cancelled_at  TIMESTAMPTZ,
    cancel_reason JSONB NOT NULL,
    decided_at    TIMESTAMPTZ,
    sample        BOOLEAN NOT NULL,
    created_at    TIMESTAMPTZ NOT NULL,
    version       BIGINT NOT NULL
);
CREATE UNIQUE INDEX award_rounds_fact ON award_rounds (fact) WHERE fact <> '';
CREATE INDEX award_rounds_place ON award_rounds (place_id);
CREATE INDEX award_rounds_organizer ON award_rounds (organizer_id);

-- Who was honoured. A private person has no name here.
CREATE TABLE award_laureates (
    id            BIGINT PRIMARY KEY,
    round_id      BIGINT NOT NULL REFERENCES award_rounds (id),
    nomination    BIGINT NOT NULL, -- its number in the round, 0 where none is stated
    nominee_id    BIGINT,
    org_id        BIGINT,
    person        BOOLEAN NOT NULL,
    named         JSONB NOT NULL, -- the words of a report
    kind          TEXT NOT NULL,
    sum           BIGINT NOT NULL, -- tiyn
    awarded_on    DATE,
    reason        JSONB NOT NULL,
    revoked_at    TIMESTAMPTZ,
    revoke_reason JSONB NOT NULL,
    sample        BOOLEAN NOT NULL,
    version       BIGINT NOT NULL
);
CREATE INDEX award_laureates_round ON award_laureates (round_id, nomination, id);
CREATE INDEX award_laureates_org ON award_laureates (org_id, awarded_on);
