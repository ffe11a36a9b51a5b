-- +goose Up

-- Whatever somebody owes somebody by a date. The state is not stored: it follows
-- from these columns and the day on which one asks.
CREATE TABLE obligations (
    id            BIGINT PRIMARY KEY,
    version       BIGINT NOT NULL,
    kind          TEXT NOT NULL,
    what          JSONB NOT NULL,
    what_key      TEXT NOT NULL,
    what_args     JSONB NOT NULL,
    ground        TEXT NOT NULL,
    ground_text   JSONB NOT NULL,
    thing         JSONB NOT NULL,
    thing_kind    TEXT NOT NULL,
    thing_id      BIGINT NOT NULL,
    root          JSONB NOT NULL,
    root_kind     TEXT NOT NULL,
    root_id       BIGINT NOT NULL,
    owner         JSONB NOT NULL,
    owner_kind    TEXT NOT NULL,
    owner_id      BIGINT NOT NULL,
    owed_to       JSONB NOT NULL,
    owed_to_id    BIGINT,
    proposer_id   BIGINT,
    place_id      BIGINT,
    since         DATE NOT NULL,
    first_due     DATE NOT NULL,
    due           DATE NOT NULL,
    term_from     DATE,
    term_days     BIGINT NOT NULL,
    extended_on   DATE,
    extended_why  JSONB NOT NULL,
    replied_on    DATE,
    reply         JSONB NOT NULL,
    outcome       TEXT NOT NULL,
    outcome_on    DATE,
    outcome_note  JSONB NOT NULL,
    disputed_on   DATE,
    dispute       JSONB NOT NULL,
    rejoinder     JSONB NOT NULL,
    carried_from  BIGINT,
    carried_to    BIGINT,
    public        BOOLEAN NOT NULL,
    sample        BOOLEAN NOT NULL
);
-- A thing owes one act once; what was carried over made room for its successor.
CREATE UNIQUE INDEX obligations_thing ON obligations (thing_kind, thing_id, kind) WHERE outcome <> 'carried';
CREATE INDEX obligations_root ON obligations (root_kind, root_id);
CREATE INDEX obligations_owner ON obligations (owner_kind, owner_id, due);
CREATE INDEX obligations_due ON obligations (due, id);
CREATE INDEX obligations_place ON obligations (place_id, due);

-- The days on which those who owe are reminded, and when that was done.
CREATE TABLE obligation_reminders (
    obligation_id BIGINT NOT NULL,
    on_day        DATE NOT NULL,
    sent_at       TIMESTAMPTZ,
    PRIMARY KEY (obligation_id, on_day)
);
CREATE INDEX obligation_reminders_day ON obligation_reminders (on_day, obligation_id) WHERE sent_at IS NULL;
