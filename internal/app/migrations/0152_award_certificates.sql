-- +goose Up

-- What a laureate was handed. The facts are signed in code, the document over its
-- bytes.
CREATE TABLE award_certificates (
    id            BIGINT PRIMARY KEY,
    laureate_id   BIGINT NOT NULL UNIQUE REFERENCES award_laureates (id),
    round_id      BIGINT NOT NULL REFERENCES award_rounds (id),
    number        TEXT NOT NULL UNIQUE,
    person        BOOLEAN NOT NULL,
    code          TEXT NOT NULL,
    sha256        TEXT NOT NULL,
    made_at       TIMESTAMPTZ NOT NULL,
    sent_at       TIMESTAMPTZ,
    send_reason   JSONB NOT NULL,
    revoked_at    TIMESTAMPTZ,
    revoke_reason JSONB NOT NULL,
    sample        BOOLEAN NOT NULL,
    version       BIGINT NOT NULL
);
CREATE INDEX award_certificates_round ON award_certificates (round_id, id);
CREATE INDEX award_certificates_revoked ON award_certificates (revoked_at) WHERE revoked_at IS NOT NULL;

CREATE TABLE award_papers (
    certificate_id BIGINT PRIMARY KEY REFERENCES award_certificates (id),
    body           BYTEA NOT NULL
);

CREATE TABLE award_numbers (
    year BIGINT PRIMARY KEY,
    last BIGINT NOT NULL
);
