-- +goose Up

-- An application while it is written. It is private to the people of the
-- applicant, and outside the journal.
CREATE TABLE application_drafts (
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
    version        BIGINT NOT NULL,
    UNIQUE (call_id, round, org_id)
);
CREATE INDEX application_drafts_org ON application_drafts (org_id, id);

-- What each field of a draft says, as it was typed.
CREATE TABLE application_fields (
    draft_id   BIGINT NOT NULL REFERENCES application_drafts (id),
    name       TEXT NOT NULL,
    typed      JSONB NOT NULL,
    version    BIGINT NOT NULL,
    written_by BIGINT NOT NULL,
    written_at TIMESTAMPTZ NOT NULL,
    since      TIMESTAMPTZ NOT NULL, -- when the same person began to write it
    PRIMARY KEY (draft_id, name)
);

-- What a field said before, and what was typed while another changed it.
CREATE TABLE application_past_fields (
    id         BIGINT PRIMARY KEY,
    draft_id   BIGINT NOT NULL REFERENCES application_drafts (id),
    name       TEXT NOT NULL,
    typed      JSONB NOT NULL,
    written_by BIGINT NOT NULL,
    written_at TIMESTAMPTZ NOT NULL,
    aside      BOOLEAN NOT NULL
);
CREATE INDEX application_past_fields_name ON application_past_fields (draft_id, name, id);

-- Files that are attached to a draft.
CREATE TABLE application_papers (
    draft_id   BIGINT NOT NULL REFERENCES application_drafts (id),
    file_id    BIGINT NOT NULL,
    paper      BIGINT NOT NULL, -- its place in the terms of the call, 0 for others
    name       TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size       BIGINT NOT NULL,
    PRIMARY KEY (draft_id, file_id)
);

-- What was handed in. The columns of title, place, sphere and asked repeat what
-- the proposal says, for those who ask.
CREATE TABLE applications (
    id           BIGINT PRIMARY KEY,
    number       TEXT NOT NULL UNIQUE,
    call_id      BIGINT NOT NULL REFERENCES calls (id),
    round        BIGINT NOT NULL,
    org_id       BIGINT NOT NULL,
    draft_id     BIGINT NOT NULL UNIQUE,
    form_id      BIGINT,
    form_version BIGINT NOT NULL,
    proposal     JSONB NOT NULL,
    answers      JSONB NOT NULL,
    papers       JSONB NOT NULL,
    contact      JSONB NOT NULL,
    place_id     BIGINT NOT NULL,
    sphere       TEXT NOT NULL,
    asked        BIGINT NOT NULL,
    folded       TEXT NOT NULL, -- number and title, to be searched
    state        TEXT NOT NULL,
    submitted_at TIMESTAMPTZ NOT NULL,
    submitted_by BIGINT NOT NULL,
    mended_at    TIMESTAMPTZ,
    checks       JSONB NOT NULL,
    checked_at   TIMESTAMPTZ,
    checked_by   BIGINT,
    returned_at  TIMESTAMPTZ,
    mend         JSONB NOT NULL,
    fix_due      DATE,
    withdrawn_at TIMESTAMPTZ,
    reason       JSONB NOT NULL,
    norms_on     DATE,
    sample       BOOLEAN NOT NULL,
    version      BIGINT NOT NULL
);
CREATE INDEX applications_call ON applications (call_id, round, state);
CREATE INDEX applications_org ON applications (org_id, id);

-- The rounds of calls as things of their own: what is owed and judged in a round
-- hangs on its id.
CREATE TABLE call_rounds (
    id      BIGINT PRIMARY KEY,
    call_id BIGINT NOT NULL REFERENCES calls (id),
    no      BIGINT NOT NULL,
    UNIQUE (call_id, no)
);
