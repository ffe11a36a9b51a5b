-- +goose Up

-- Phones and tablets that stand at the door of a forum. link_hash lets one device be
-- opened, once, until a moment; key_hash is by which it speaks from then on.
CREATE TABLE forum_devices (
    id        BIGINT PRIMARY KEY,
    version   BIGINT NOT NULL,
    forum_id  BIGINT NOT NULL REFERENCES forums (id),
    name      TEXT NOT NULL,
    until     TIMESTAMPTZ NOT NULL,
    opened_at TIMESTAMPTZ,
    closed_at TIMESTAMPTZ,
    link_hash TEXT,
    key_hash  TEXT
);
CREATE INDEX forum_devices_forum ON forum_devices (forum_id, id);
CREATE UNIQUE INDEX forum_devices_link ON forum_devices (link_hash) WHERE link_hash IS NOT NULL;
CREATE UNIQUE INDEX forum_devices_key ON forum_devices (key_hash) WHERE key_hash IS NOT NULL;

-- What was read at the door, each reading once by the number that its device gave it.
-- device_id 0 is a page of the portal, session_id 0 the forum as a whole.
CREATE TABLE forum_scans (
    id              BIGINT PRIMARY KEY,
    version         BIGINT NOT NULL,
    forum_id        BIGINT NOT NULL REFERENCES forums (id),
    device_id       BIGINT NOT NULL,
    seq             BIGINT NOT NULL,
    session_id      BIGINT NOT NULL,
    code            TEXT NOT NULL,
    registration_id BIGINT,
    outcome         TEXT NOT NULL,
    scanned_at      TIMESTAMPTZ NOT NULL,
    merged_at       TIMESTAMPTZ NOT NULL,
    UNIQUE (device_id, seq)
);
CREATE UNIQUE INDEX forum_scans_once ON forum_scans (registration_id, session_id) WHERE outcome = 'entered';
CREATE INDEX forum_scans_forum ON forum_scans (forum_id, session_id, outcome);
