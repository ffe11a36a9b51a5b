-- +goose Up

-- An organization may write several applications for one round of a call, as far as
-- the call allows, so its drafts are no longer one for a round. A constraint cannot
-- be taken out of a table alike on both engines: the tables of drafts are made anew.
CREATE TABLE written_drafts (
    id             BIGINT PRIMARY KEY,
    call_id        BIGINT NOT NULL REFERENCES calls (id),
    round          BIGINT NOT NULL,
    org_id         BIGINT NOT NULL,
    form_id        BIGINT,
    form_version   BIGINT NOT NULL,
    state          TEXT NOT NULL, -- writing, submitted, returned
    application_id BIGINT,
    mendable       JSONB NOT NULL, -- the fields that may be changed after a return
    created_by     BIGINT NOT NULL,
    created_at     TIMESTAMPTZ NOT NULL,
    sample         BOOLEAN NOT NULL,
    version        BIGINT NOT NULL
);
INSERT INTO written_drafts SELECT id, call_id, round, org_id, form_id, form_version, state, application_id, mendable, created_by, created_at, sample, version FROM application_drafts;

CREATE TABLE written_fields (
    draft_id   BIGINT NOT NULL REFERENCES written_drafts (id),
    name       TEXT NOT NULL,
    typed      JSONB NOT NULL,
    version    BIGINT NOT NULL,
    written_by BIGINT NOT NULL,
    written_at TIMESTAMPTZ NOT NULL,
    since      TIMESTAMPTZ NOT NULL, -- when the same person began to write it
    PRIMARY KEY (draft_id, name)
);
INSERT INTO written_fields SELECT draft_id, name, typed, version, written_by, written_at, since FROM application_fields;

CREATE TABLE written_past_fields (
    id         BIGINT PRIMARY KEY,
    draft_id   BIGINT NOT NULL REFERENCES written_drafts (id),
    name       TEXT NOT NULL,
    typed      JSONB NOT NULL,
    written_by BIGINT NOT NULL,
    written_at TIMESTAMPTZ NOT NULL,
    aside      BOOLEAN NOT NULL
);
INSERT INTO written_past_fields SELECT id, draft_id, name, typed, written_by, written_at, aside FROM application_past_fields;

CREATE TABLE written_papers (
    draft_id   BIGINT NOT NULL REFERENCES written_drafts (id),
    file_id    BIGINT NOT NULL,
    paper      BIGINT NOT NULL, -- its place in the terms of the call, 0 for others
    name       TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size       BIGINT NOT NULL,
    PRIMARY KEY (draft_id, file_id)
);
INSERT INTO written_papers SELECT draft_id, file_id, paper, name, media_type, size FROM application_papers;

DROP TABLE application_papers;
DROP TABLE application_past_fields;
DROP TABLE application_fields;
DROP TABLE application_drafts;
ALTER TABLE written_drafts RENAME TO application_drafts;
ALTER TABLE written_fields RENAME TO application_fields;
ALTER TABLE written_past_fields RENAME TO application_past_fields;
ALTER TABLE written_papers RENAME TO application_papers;
CREATE INDEX application_drafts_org ON application_drafts (org_id, id);
CREATE INDEX application_drafts_call ON application_drafts (call_id, round, org_id, id);
CREATE INDEX application_past_fields_name ON application_past_fields (draft_id, name, id);
CREATE INDEX applications_of_org ON applications (call_id, org_id, round);
