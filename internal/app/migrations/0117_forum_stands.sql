-- +goose Up

-- Stands of a forum's exhibition: of a project, or of an organization itself.
CREATE TABLE forum_stands (
    id         BIGINT PRIMARY KEY,
    version    BIGINT NOT NULL,
    forum_id   BIGINT NOT NULL REFERENCES forums (id),
    org_id     BIGINT NOT NULL,
    project_id BIGINT,
    about      JSONB NOT NULL,
    needs      JSONB NOT NULL,
    state      TEXT NOT NULL,
    number     BIGINT NOT NULL,
    spot       JSONB NOT NULL,
    reason     JSONB NOT NULL,
    asked_on   DATE NOT NULL,
    decided_on DATE,
    sample     BOOLEAN NOT NULL
);
CREATE INDEX forum_stands_forum ON forum_stands (forum_id, number, id);
CREATE INDEX forum_stands_org ON forum_stands (org_id, id);
CREATE UNIQUE INDEX forum_stands_number ON forum_stands (forum_id, number) WHERE state = 'admitted';
CREATE UNIQUE INDEX forum_stands_once ON forum_stands (forum_id, org_id, COALESCE(project_id, 0)) WHERE state IN ('asked', 'admitted');

-- Offers of help. Who offers, how they are reached, what they wrote and what they
-- were answered is personal: no entry of the journal has it. email_folded and
-- token_hash are NULL once it is erased.
CREATE TABLE help_offers (
    id           BIGINT PRIMARY KEY,
    version      BIGINT NOT NULL,
    org_id       BIGINT NOT NULL,
    project_id   BIGINT,
    stand_id     BIGINT,
    kind         TEXT NOT NULL,
    state        TEXT NOT NULL,
    sent_at      TIMESTAMPTZ NOT NULL,
    answered_at  TIMESTAMPTZ,
    sample       BOOLEAN NOT NULL,
    name         TEXT NOT NULL,
    email        TEXT NOT NULL,
    phone        TEXT NOT NULL,
    lang         TEXT NOT NULL,
    message      TEXT NOT NULL,
    answer       TEXT NOT NULL,
    email_folded TEXT,
    token_hash   TEXT
);
CREATE INDEX help_offers_org ON help_offers (org_id, sent_at);
CREATE INDEX help_offers_email ON help_offers (email_folded, sent_at);
CREATE UNIQUE INDEX help_offers_token ON help_offers (token_hash) WHERE token_hash IS NOT NULL;
