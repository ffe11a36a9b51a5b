-- +goose Up

-- Tables that officers hand in: staged and judged row by row, then taken in
-- batches. cursor is the last row that the present work has dealt with.
CREATE TABLE imports (
    id         BIGINT PRIMARY KEY,
    version    BIGINT NOT NULL,
    kind       TEXT NOT NULL,
    file_name  TEXT NOT NULL,
    file_id    BIGINT,
    sha256     TEXT NOT NULL,
    user_id    BIGINT,
    state      TEXT NOT NULL,
    refusal    JSONB NOT NULL,
    header     JSONB NOT NULL,
    cursor     BIGINT NOT NULL,
    rows_read  BIGINT NOT NULL,
    to_add     BIGINT NOT NULL,
    to_change  BIGINT NOT NULL,
    the_same   BIGINT NOT NULL,
    refused    BIGINT NOT NULL,
    applied    BIGINT NOT NULL,
    undone     BIGINT NOT NULL,
    kept       BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    done_at    TIMESTAMPTZ
);
CREATE INDEX imports_user ON imports (user_id, id);
-- One table is handed in once: a double click finds the first import again.
CREATE UNIQUE INDEX imports_same ON imports (kind, sha256, user_id) WHERE state IN ('reading', 'checked', 'applying');

-- The rows as they were read, what would become of each, and what became.
CREATE TABLE import_rows (
    import_id     BIGINT NOT NULL REFERENCES imports (id),
    no            BIGINT NOT NULL,
    line          BIGINT NOT NULL,
    cells         JSONB NOT NULL,
    about         TEXT NOT NULL,
    row_key       TEXT NOT NULL,
    verdict       TEXT NOT NULL,
    faults        JSONB NOT NULL,
    outcome       TEXT NOT NULL,
    thing_id      BIGINT,
    thing_version BIGINT NOT NULL,
    PRIMARY KEY (import_id, no)
);
CREATE INDEX import_rows_verdict ON import_rows (import_id, verdict, no);
CREATE INDEX import_rows_outcome ON import_rows (import_id, outcome, no) WHERE outcome <> '';
CREATE INDEX import_rows_key ON import_rows (import_id, row_key) WHERE row_key <> '';
