-- +goose Up

-- What the one who pays wrote to many applicants of a call at once. The word "once"
-- is drawn with the form, so that a second press sends nothing.
CREATE TABLE application_messages (
    id           BIGINT PRIMARY KEY,
    call_id      BIGINT NOT NULL REFERENCES calls (id),
    once         TEXT NOT NULL UNIQUE,
    title        JSONB NOT NULL,
    text         JSONB NOT NULL,
    applications JSONB NOT NULL,
    orgs         BIGINT NOT NULL,
    sent_at      TIMESTAMPTZ NOT NULL,
    sent_by      BIGINT,
    sample       BOOLEAN NOT NULL,
    version      BIGINT NOT NULL
);
CREATE INDEX application_messages_call ON application_messages (call_id, id);

-- To whom, and when the letters of each organization went out.
CREATE TABLE application_message_to (
    message_id     BIGINT NOT NULL REFERENCES application_messages (id),
    application_id BIGINT NOT NULL REFERENCES applications (id),
    org_id         BIGINT NOT NULL,
    told_at        TIMESTAMPTZ,
    PRIMARY KEY (message_id, application_id)
);
CREATE INDEX application_message_to_application ON application_message_to (application_id, message_id);
CREATE INDEX application_message_to_untold ON application_message_to (message_id, org_id) WHERE told_at IS NULL;
