-- +goose Up

-- Who is told of what they follow: a person with an account, or an address alone.
CREATE TABLE notice_readers (
    id           BIGINT PRIMARY KEY,
    person_id    BIGINT UNIQUE,
    email        TEXT NOT NULL, -- of an address alone; a person's lies with the account
    email_folded TEXT UNIQUE,
    lang         TEXT NOT NULL,
    rhythm       TEXT NOT NULL, -- daily, weekly, never
    feed_hash    BYTEA UNIQUE,
    feed_at      TIMESTAMPTZ,
    told_seq     BIGINT NOT NULL, -- the place in the journal up to which the reader was told
    told_on      DATE,
    made_at      TIMESTAMPTZ NOT NULL,
    version      BIGINT NOT NULL
);

-- What a reader follows: a thing, or a list as its address asks for it.
CREATE TABLE notice_follows (
    id        BIGINT PRIMARY KEY,
    reader_id BIGINT NOT NULL,
    kind      TEXT NOT NULL,
    thing_id  BIGINT NOT NULL, -- 0 for a list
    list      TEXT NOT NULL,   -- the address of a list, empty for a thing
    title     JSONB NOT NULL,
    path      TEXT NOT NULL,
    from_seq  BIGINT NOT NULL, -- the place in the journal at which the following began
    made_at   TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX notice_follows_once ON notice_follows (reader_id, kind, thing_id, list);

-- Secrets of mailed links, of which only the hash is kept.
CREATE TABLE notice_links (
    token_hash   BYTEA PRIMARY KEY,
    purpose      TEXT NOT NULL, -- confirm, stop
    reader_id    BIGINT,
    email_folded TEXT NOT NULL,
    data         TEXT NOT NULL,
    made_at      TIMESTAMPTZ NOT NULL,
    until_at     TIMESTAMPTZ NOT NULL,
    used_at      TIMESTAMPTZ
);
CREATE INDEX notice_links_until ON notice_links (until_at);
CREATE INDEX notice_links_email ON notice_links (email_folded, made_at);
CREATE INDEX notice_links_reader ON notice_links (reader_id);

-- What a person was told.
CREATE TABLE notices (
    id        BIGINT PRIMARY KEY,
    reader_id BIGINT NOT NULL,
    at        TIMESTAMPTZ NOT NULL,
    kind      TEXT NOT NULL, -- change, reminder
    about     JSONB NOT NULL,
    told      JSONB NOT NULL,
    read_at   TIMESTAMPTZ
);
CREATE INDEX notices_reader ON notices (reader_id, id);
CREATE INDEX notices_at ON notices (at);
