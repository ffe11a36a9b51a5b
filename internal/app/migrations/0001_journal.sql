-- +goose Up

-- One row for each change, written in the transaction of the change and never updated.
CREATE TABLE journal_entries (
    id           BIGINT PRIMARY KEY,
    at           TIMESTAMPTZ NOT NULL,
    act          TEXT NOT NULL,
    actor_id     BIGINT,
    actor_system TEXT NOT NULL,
    on_behalf    BIGINT,
    as_role      TEXT NOT NULL,
    as_scope     BIGINT,
    kind         TEXT NOT NULL,
    thing_id     BIGINT NOT NULL,
    version      BIGINT NOT NULL,
    root_kind    TEXT NOT NULL,
    root_id      BIGINT NOT NULL,
    title        JSONB NOT NULL,
    path         TEXT NOT NULL,
    public       BOOLEAN NOT NULL,
    gone         BOOLEAN NOT NULL,
    body_hash    BYTEA NOT NULL
);
CREATE INDEX journal_entries_thing ON journal_entries (kind, thing_id, version);
CREATE INDEX journal_entries_root ON journal_entries (root_kind, root_id, id);

-- The body lies beside its entry, so that it can be removed while the chain stays whole.
CREATE TABLE journal_bodies (
    entry_id BIGINT PRIMARY KEY,
    salt     BYTEA NOT NULL,
    body     TEXT NOT NULL
);

-- Entries that wait for the sealer.
CREATE TABLE journal_unsealed (
    entry_id BIGINT PRIMARY KEY
);

-- The chain: seq has no gaps, hash covers the entry and the hash before it.
CREATE TABLE journal_chain (
    seq      BIGINT PRIMARY KEY,
    entry_id BIGINT NOT NULL UNIQUE,
    hash     BYTEA NOT NULL
);

-- The head of the chain at the end of each day, signed with the portal's key.
CREATE TABLE journal_heads (
    day       DATE PRIMARY KEY,
    seq       BIGINT NOT NULL,
    hash      BYTEA NOT NULL,
    key_id    TEXT NOT NULL,
    signature BYTEA NOT NULL
);
