-- +goose Up

-- A proposal may be made in a session of a forum. phase is when it was made: before,
-- during or after the session, or the forum; '' where no hour is known. remark tells
-- that it was said in the session and written down.
ALTER TABLE resolution_proposals ADD COLUMN session_id BIGINT;
ALTER TABLE resolution_proposals ADD COLUMN phase TEXT NOT NULL DEFAULT '';
ALTER TABLE resolution_proposals ADD COLUMN remark BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX resolution_proposals_session ON resolution_proposals (session_id) WHERE session_id IS NOT NULL;

-- Who supports a proposal: personal, shown to nobody, counted only, and outside the
-- journal.
CREATE TABLE resolution_supports (
    proposal_id BIGINT NOT NULL REFERENCES resolution_proposals (id),
    person_id   BIGINT NOT NULL,
    made_at     TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (proposal_id, person_id)
);
CREATE INDEX resolution_supports_person ON resolution_supports (person_id);

-- How a session of a forum sums up what was proposed in it.
CREATE TABLE resolution_summaries (
    id            BIGINT PRIMARY KEY,
    version       BIGINT NOT NULL,
    resolution_id BIGINT NOT NULL REFERENCES resolutions (id),
    session_id    BIGINT NOT NULL,
    text          JSONB NOT NULL,
    UNIQUE (resolution_id, session_id)
);
