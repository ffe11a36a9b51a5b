-- +goose Up

-- What was done with many applications at once, and with which, so that it can be
-- taken back where nobody has touched them since.
CREATE TABLE application_batches (
    id        BIGINT PRIMARY KEY,
    call_id   BIGINT NOT NULL REFERENCES calls (id),
    act       TEXT NOT NULL, -- admit, return, refuse
    code      TEXT NOT NULL, -- the question of the check that has a no
    fields    JSONB NOT NULL, -- what is to be corrected
    reason    JSONB NOT NULL,
    entries   JSONB NOT NULL,
    made_at   TIMESTAMPTZ NOT NULL,
    made_by   BIGINT,
    undone_at TIMESTAMPTZ,
    sample    BOOLEAN NOT NULL,
    version   BIGINT NOT NULL
);
CREATE INDEX application_batches_call ON application_batches (call_id, id);
