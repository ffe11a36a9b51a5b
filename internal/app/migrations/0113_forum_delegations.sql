-- +goose Up

-- People who come together, led by one of those who registered; lead_id is null when
-- the leader has left and nobody else has an address.
CREATE TABLE forum_delegations (
    id       BIGINT PRIMARY KEY,
    version  BIGINT NOT NULL,
    forum_id BIGINT NOT NULL REFERENCES forums (id),
    name     TEXT NOT NULL,
    lead_id  BIGINT REFERENCES forum_registrations (id)
);
CREATE INDEX forum_delegations_forum ON forum_delegations (forum_id, id);
CREATE INDEX forum_delegations_lead ON forum_delegations (lead_id);

ALTER TABLE forum_registrations ADD COLUMN delegation_id BIGINT REFERENCES forum_delegations (id);
CREATE INDEX forum_registrations_delegation ON forum_registrations (delegation_id, id);

-- Whether somebody came without having registered.
ALTER TABLE forum_registrations ADD COLUMN walk_in BOOLEAN NOT NULL DEFAULT FALSE;

-- How many people a session takes; 0 where everybody may come.
ALTER TABLE forum_sessions ADD COLUMN places BIGINT NOT NULL DEFAULT 0;

-- Who has a place in a session that does not take everybody, or waits for one.
CREATE TABLE forum_choices (
    id              BIGINT PRIMARY KEY,
    version         BIGINT NOT NULL,
    forum_id        BIGINT NOT NULL REFERENCES forums (id),
    session_id      BIGINT NOT NULL REFERENCES forum_sessions (id),
    registration_id BIGINT NOT NULL REFERENCES forum_registrations (id),
    state           TEXT NOT NULL,
    chosen_at       TIMESTAMPTZ NOT NULL,
    UNIQUE (session_id, registration_id)
);
CREATE INDEX forum_choices_registration ON forum_choices (registration_id, id);
CREATE INDEX forum_choices_state ON forum_choices (session_id, state, chosen_at, id);
