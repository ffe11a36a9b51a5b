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

-- The one sealer at work: who holds the pen until when, and when it last sealed.
CREATE TABLE journal_sealer (
    id        BIGINT PRIMARY KEY,
    holder    BIGINT,
    until     TIMESTAMPTZ,
    sealed_at TIMESTAMPTZ
);
INSERT INTO journal_sealer (id) VALUES (1);

-- Which entry, of kind journal_erasure, removed the body of which other entry.
CREATE TABLE journal_erasures (
    entry_id   BIGINT PRIMARY KEY,
    erasure_id BIGINT NOT NULL
);

-- The public feed, of everything and of one kind.
CREATE INDEX journal_entries_public ON journal_entries (id) WHERE public = TRUE;
CREATE INDEX journal_entries_public_kind ON journal_entries (kind, id) WHERE public = TRUE;
