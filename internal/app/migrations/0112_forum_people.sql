-- +goose Up

-- How many seats of a forum are kept for whom.
CREATE TABLE forum_quotas (
    id       BIGINT PRIMARY KEY,
    version  BIGINT NOT NULL,
    forum_id BIGINT NOT NULL REFERENCES forums (id),
    who      TEXT NOT NULL,
    seats    BIGINT NOT NULL CHECK (seats >= 0),
    UNIQUE (forum_id, who)
);

-- Who wants to take part. name, email, org, needs and note are personal: they are in
-- no entry of the journal. email_folded is NULL once they are erased.
CREATE TABLE forum_registrations (
    id            BIGINT PRIMARY KEY,
    version       BIGINT NOT NULL,
    forum_id      BIGINT NOT NULL REFERENCES forums (id),
    code          TEXT NOT NULL,
    kind          TEXT NOT NULL,
    place_id      BIGINT NOT NULL,
    rural         BOOLEAN NOT NULL,
    young         BOOLEAN NOT NULL,
    state         TEXT NOT NULL,
    quota_id      BIGINT,
    registered_at TIMESTAMPTZ NOT NULL,
    decided_at    TIMESTAMPTZ,
    name          TEXT NOT NULL,
    email         TEXT NOT NULL,
    email_folded  TEXT,
    lang          TEXT NOT NULL,
    org           TEXT NOT NULL,
    needs         JSONB NOT NULL,
    note          TEXT NOT NULL,
    token_hash    TEXT,
    UNIQUE (forum_id, code)
);
CREATE UNIQUE INDEX forum_registrations_email ON forum_registrations (forum_id, email_folded) WHERE email_folded IS NOT NULL;
CREATE UNIQUE INDEX forum_registrations_token ON forum_registrations (token_hash) WHERE token_hash IS NOT NULL;
CREATE INDEX forum_registrations_state ON forum_registrations (forum_id, state, id);
