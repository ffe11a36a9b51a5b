-- +goose Up

-- Letters, put here in the transaction of what they tell about.
CREATE TABLE mail_outbox (
    id          BIGINT PRIMARY KEY,
    recipient   TEXT NOT NULL,
    lang        TEXT NOT NULL,
    subject     TEXT NOT NULL,
    text        TEXT NOT NULL,
    html        TEXT NOT NULL,
    headers     JSONB NOT NULL,
    unsubscribe TEXT NOT NULL,
    state       TEXT NOT NULL, -- waiting, sent, kept, failed
    error       TEXT NOT NULL,
    made_at     TIMESTAMPTZ NOT NULL,
    sent_at     TIMESTAMPTZ,
    erased_at   TIMESTAMPTZ
);
CREATE INDEX mail_outbox_made ON mail_outbox (made_at) WHERE erased_at IS NULL;
