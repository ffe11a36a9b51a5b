-- +goose Up

-- Who leads a session and who speaks: personal, in no entry of the journal.
ALTER TABLE forum_sessions ADD COLUMN people JSONB NOT NULL DEFAULT '[]';

-- Halls and online rooms of a forum. link is shown to whom it is meant alone.
CREATE TABLE forum_rooms (
    id       BIGINT PRIMARY KEY,
    version  BIGINT NOT NULL,
    forum_id BIGINT NOT NULL REFERENCES forums (id),
    name     JSONB NOT NULL,
    online   BOOLEAN NOT NULL,
    seats    BIGINT NOT NULL,
    link     TEXT NOT NULL
);
CREATE INDEX forum_rooms_forum ON forum_rooms (forum_id, id);

CREATE TABLE forum_tracks (
    id       BIGINT PRIMARY KEY,
    version  BIGINT NOT NULL,
    forum_id BIGINT NOT NULL REFERENCES forums (id),
    name     JSONB NOT NULL
);
CREATE INDEX forum_tracks_forum ON forum_tracks (forum_id, id);

-- The programme as it was given out, with what changed since the one before.
CREATE TABLE forum_releases (
    id       BIGINT PRIMARY KEY,
    version  BIGINT NOT NULL,
    forum_id BIGINT NOT NULL REFERENCES forums (id),
    no       BIGINT NOT NULL,
    at       TIMESTAMPTZ NOT NULL,
    slots    JSONB NOT NULL,
    changes  JSONB NOT NULL,
    UNIQUE (forum_id, no)
);
