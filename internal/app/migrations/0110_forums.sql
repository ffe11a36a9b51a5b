-- +goose Up

-- Civic forums. code names the report from which a forum is known, "" for one that
-- is prepared here. Where a forum stands follows from its dates.
CREATE TABLE forums (
    id                  BIGINT PRIMARY KEY,
    version             BIGINT NOT NULL,
    code                TEXT NOT NULL,
    title               JSONB NOT NULL,
    theme               JSONB NOT NULL,
    about               JSONB NOT NULL,
    edition             TEXT NOT NULL,
    place_id            BIGINT NOT NULL,
    city                JSONB NOT NULL,
    venue               JSONB NOT NULL,
    first_day           DATE,
    last_day            DATE,
    days                BIGINT NOT NULL,
    organizer_id        BIGINT,
    previous_id         BIGINT REFERENCES forums (id),
    source              JSONB NOT NULL,
    said                JSONB NOT NULL,
    partners            JSONB NOT NULL,
    stream              TEXT NOT NULL,
    announced_on        DATE,
    registration_opens  DATE,
    registration_closes DATE,
    archived_on         DATE,
    programme_no        BIGINT NOT NULL,
    sample              BOOLEAN NOT NULL
);
CREATE UNIQUE INDEX forums_code ON forums (code) WHERE code <> '';
CREATE INDEX forums_place ON forums (place_id, id);
CREATE INDEX forums_organizer ON forums (organizer_id, id);
CREATE INDEX forums_day ON forums (first_day, id);

-- What a forum consists of: plenary sittings, sections, presentations. starts_at is
-- null while nobody has said when.
CREATE TABLE forum_sessions (
    id        BIGINT PRIMARY KEY,
    version   BIGINT NOT NULL,
    forum_id  BIGINT NOT NULL REFERENCES forums (id),
    kind      TEXT NOT NULL,
    track_id  BIGINT,
    room_id   BIGINT,
    starts_at TIMESTAMPTZ,
    ends_at   TIMESTAMPTZ,
    title     JSONB NOT NULL,
    about     JSONB NOT NULL,
    dropped   BOOLEAN NOT NULL
);
CREATE INDEX forum_sessions_forum ON forum_sessions (forum_id, starts_at, id);
