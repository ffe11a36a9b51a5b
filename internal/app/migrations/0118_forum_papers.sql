-- +goose Up

-- Documents and pictures of a forum with what decides who may see them: the bytes lie
-- with the files of the portal, the columns from file_id on repeat what never changes
-- there.
CREATE TABLE forum_papers (
    id           BIGINT PRIMARY KEY,
    version      BIGINT NOT NULL,
    forum_id     BIGINT NOT NULL REFERENCES forums (id),
    sort         TEXT NOT NULL,
    title        JSONB NOT NULL,
    people       TEXT NOT NULL,
    consent      JSONB NOT NULL,
    added_on     DATE NOT NULL,
    withdrawn_on DATE,
    announced    BOOLEAN NOT NULL,
    file_id      BIGINT NOT NULL,
    name         TEXT NOT NULL,
    media_type   TEXT NOT NULL,
    size         BIGINT NOT NULL,
    width        BIGINT NOT NULL,
    height       BIGINT NOT NULL
);
CREATE INDEX forum_papers_forum ON forum_papers (forum_id, id);
