-- +goose Up

-- Who proposes or supports without an account: by an address that a mailed link
-- proved, or by the code of a registration for the forum. Personal, shown to nobody,
-- and outside the journal. token_hash is the secret of the link to the page of what
-- was said; email_folded is NULL for a participant who has no address.
CREATE TABLE resolution_guests (
    id              BIGINT PRIMARY KEY,
    email           TEXT NOT NULL,
    email_folded    TEXT UNIQUE,
    lang            TEXT NOT NULL,
    registration_id BIGINT UNIQUE,
    token_hash      BYTEA UNIQUE,
    seen_at         TIMESTAMPTZ NOT NULL
);
CREATE INDEX resolution_guests_seen ON resolution_guests (seen_at);

-- by_guest is personal: it is in no entry of the journal and is shown to nobody.
ALTER TABLE resolution_proposals ADD COLUMN by_guest BIGINT;
CREATE INDEX resolution_proposals_guest ON resolution_proposals (by_guest) WHERE by_guest IS NOT NULL;
