-- +goose Up

-- Files that people hand in. The bytes lie in the store of blobs, named by their
-- hash; copies holds what was derived for the public: name, hash, type, size.
CREATE TABLE files (
    id          BIGINT PRIMARY KEY,
    version     BIGINT NOT NULL,
    owner       JSONB NOT NULL,
    owner_kind  TEXT NOT NULL,
    owner_id    BIGINT NOT NULL,
    name        TEXT NOT NULL,
    media_type  TEXT NOT NULL,
    size        BIGINT NOT NULL,
    sha256      TEXT NOT NULL,
    visibility  TEXT NOT NULL CHECK (visibility IN ('private', 'public')),
    width       BIGINT NOT NULL,
    height      BIGINT NOT NULL,
    likeness    BIGINT NOT NULL,
    evidence    JSONB NOT NULL,
    copies      JSONB NOT NULL,
    created_at  TIMESTAMPTZ NOT NULL,
    created_by  BIGINT,
    deleted_at  TIMESTAMPTZ
);
CREATE INDEX files_owner ON files (owner_kind, owner_id, id);

-- Which files need which blob: equal bytes are kept once.
CREATE TABLE file_blobs (
    sha256  TEXT NOT NULL,
    file_id BIGINT NOT NULL,
    PRIMARY KEY (sha256, file_id)
);
CREATE INDEX file_blobs_file ON file_blobs (file_id);

-- Blobs that perhaps no file needs: just stored, or let go of.
CREATE TABLE file_trash (
    sha256 TEXT PRIMARY KEY,
    since  TIMESTAMPTZ NOT NULL
);
CREATE INDEX file_trash_since ON file_trash (since);
