-- +goose Up

-- People who can sign in, or for whom the help desk acts. An erased person keeps
-- only the id, so that entries of the journal still name one and the same nobody.
CREATE TABLE persons (
    id             BIGINT PRIMARY KEY,
    name           TEXT NOT NULL,
    email          TEXT NOT NULL,
    email_folded   TEXT UNIQUE,
    email_proved   TIMESTAMPTZ,
    lang           TEXT NOT NULL,
    status         TEXT NOT NULL,
    joined_at      TIMESTAMPTZ NOT NULL,
    password_at    TIMESTAMPTZ,
    totp_at        TIMESTAMPTZ,
    version        BIGINT NOT NULL
);

-- Secrets lie apart from the person, so that no entry of the journal holds them.
CREATE TABLE person_passwords (
    person_id BIGINT PRIMARY KEY,
    hash      TEXT NOT NULL
);

CREATE TABLE person_totps (
    person_id BIGINT PRIMARY KEY,
    secret    BYTEA NOT NULL,
    proved_at TIMESTAMPTZ,
    last_step BIGINT NOT NULL
);

CREATE TABLE person_recovery_codes (
    person_id BIGINT NOT NULL,
    code_hash BYTEA NOT NULL,
    used_at   TIMESTAMPTZ,
    PRIMARY KEY (person_id, code_hash)
);

CREATE TABLE person_passkeys (
    id            BIGINT PRIMARY KEY,
    person_id     BIGINT NOT NULL,
    credential_id BYTEA NOT NULL UNIQUE,
    credential    JSONB NOT NULL,
    label         TEXT NOT NULL,
    made_at       TIMESTAMPTZ NOT NULL,
    used_at       TIMESTAMPTZ
);
CREATE INDEX person_passkeys_person ON person_passkeys (person_id);

-- Who a person is at a provider of OpenID Connect.
CREATE TABLE person_identities (
    issuer    TEXT NOT NULL,
    subject   TEXT NOT NULL,
    person_id BIGINT NOT NULL,
    made_at   TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (issuer, subject)
);
CREATE INDEX person_identities_person ON person_identities (person_id);

CREATE TABLE sessions (
    id           BIGINT PRIMARY KEY,
    token_hash   BYTEA NOT NULL UNIQUE,
    person_id    BIGINT NOT NULL,
    device       TEXT NOT NULL,
    via          TEXT NOT NULL,
    pending      BOOLEAN NOT NULL,
    visit_id     BIGINT,
    made_at      TIMESTAMPTZ NOT NULL,
    seen_at      TIMESTAMPTZ NOT NULL,
    confirmed_at TIMESTAMPTZ,
    ended_at     TIMESTAMPTZ
);
CREATE INDEX sessions_person ON sessions (person_id, seen_at);

-- A secret that somebody was handed for one act until a time: a mailed link, a
-- ceremony of a passkey. Only its hash is kept.
CREATE TABLE tickets (
    token_hash BYTEA PRIMARY KEY,
    purpose    TEXT NOT NULL,
    person_id  BIGINT,
    email      TEXT NOT NULL,
    data       TEXT NOT NULL,
    until_at   TIMESTAMPTZ NOT NULL,
    used_at    TIMESTAMPTZ
);
CREATE INDEX tickets_until ON tickets (until_at);

-- Tries at secrets, by account and by address, both as hashes; all nodes share them.
CREATE TABLE guesses (
    key_hash BYTEA PRIMARY KEY,
    tries    BIGINT NOT NULL,
    last_at  TIMESTAMPTZ NOT NULL
);
CREATE INDEX guesses_last ON guesses (last_at);

CREATE TABLE grants (
    id          BIGINT PRIMARY KEY,
    person_id   BIGINT NOT NULL,
    role        TEXT NOT NULL,
    scope_kind  TEXT NOT NULL,
    scope_id    BIGINT NOT NULL,
    scope_title JSONB NOT NULL,
    scope_path  TEXT NOT NULL,
    given_by    BIGINT,
    given_at    TIMESTAMPTZ NOT NULL,
    ended_at    TIMESTAMPTZ,
    version     BIGINT NOT NULL
);
CREATE UNIQUE INDEX grants_once ON grants (person_id, role, scope_id) WHERE ended_at IS NULL;
CREATE INDEX grants_scope ON grants (scope_id, role);

CREATE TABLE invitations (
    id           BIGINT PRIMARY KEY,
    email        TEXT NOT NULL,
    role         TEXT NOT NULL,
    scope_kind   TEXT NOT NULL,
    scope_id     BIGINT NOT NULL,
    scope_title  JSONB NOT NULL,
    scope_path   TEXT NOT NULL,
    by_id        BIGINT NOT NULL,
    made_at      TIMESTAMPTZ NOT NULL,
    until_at     TIMESTAMPTZ NOT NULL,
    taken_by     BIGINT,
    taken_at     TIMESTAMPTZ,
    withdrawn_at TIMESTAMPTZ,
    version      BIGINT NOT NULL
);
CREATE INDEX invitations_by ON invitations (by_id, made_at);
CREATE INDEX invitations_scope ON invitations (scope_id, made_at);

CREATE TABLE consents (
    id           BIGINT PRIMARY KEY,
    person_id    BIGINT NOT NULL,
    kind         TEXT NOT NULL,
    text_version TEXT NOT NULL,
    given_at     TIMESTAMPTZ NOT NULL,
    withdrawn_at TIMESTAMPTZ,
    version      BIGINT NOT NULL
);
CREATE INDEX consents_person ON consents (person_id, kind);

-- Somebody came in person: an officer acts for them until the visit ends.
CREATE TABLE visits (
    id         BIGINT PRIMARY KEY,
    person_id  BIGINT NOT NULL,
    officer_id BIGINT NOT NULL,
    enrolled   BOOLEAN NOT NULL,
    about      TEXT NOT NULL,
    made_at    TIMESTAMPTZ NOT NULL,
    until_at   TIMESTAMPTZ NOT NULL,
    ended_at   TIMESTAMPTZ,
    undone_at  TIMESTAMPTZ,
    version    BIGINT NOT NULL
);
CREATE INDEX visits_person ON visits (person_id, made_at);
CREATE INDEX visits_officer ON visits (officer_id, made_at);

-- Who looked at whose personal data. Written in batches, never public.
CREATE TABLE looks (
    id        BIGINT PRIMARY KEY,
    at        TIMESTAMPTZ NOT NULL,
    viewer_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    what      TEXT NOT NULL
);
CREATE INDEX looks_person ON looks (person_id, at);

-- Erasures, so that a restored backup can be brought up to them.
CREATE TABLE erasures (
    person_id BIGINT PRIMARY KEY,
    at        TIMESTAMPTZ NOT NULL
);
CREATE INDEX erasures_at ON erasures (at);
