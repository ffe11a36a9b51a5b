-- +goose Up

-- Work to be done after a change, put here in the change's own transaction.
CREATE TABLE jobs (
    id         BIGINT PRIMARY KEY,
    kind       TEXT NOT NULL,
    payload    TEXT NOT NULL,
    unique_key TEXT,
    state      TEXT NOT NULL, -- waiting, running, done, dead
    due        TIMESTAMPTZ,   -- waiting: when to run; running: when the lease ends; ended: nothing
    holder     BIGINT,
    tries      BIGINT NOT NULL,
    max_tries  BIGINT NOT NULL,
    done       BIGINT NOT NULL,
    total      BIGINT NOT NULL,
    error      TEXT NOT NULL,
    made_at    TIMESTAMPTZ NOT NULL,
    ended_at   TIMESTAMPTZ
);
CREATE INDEX jobs_due ON jobs (due) WHERE due IS NOT NULL;
CREATE INDEX jobs_ended ON jobs (state, ended_at) WHERE ended_at IS NOT NULL;
CREATE UNIQUE INDEX jobs_unique ON jobs (kind, unique_key) WHERE unique_key IS NOT NULL AND state = 'waiting';

-- Work that comes again and again: when each comes next.
CREATE TABLE job_periodics (
    name    TEXT PRIMARY KEY,
    next_at TIMESTAMPTZ NOT NULL
);
