-- +goose Up

-- What the two sides agree to about an application that won.
CREATE TABLE agreements (
    id             BIGINT PRIMARY KEY,
    number         TEXT NOT NULL,
    application_id BIGINT NOT NULL REFERENCES applications (id),
    call_id        BIGINT NOT NULL REFERENCES calls (id),
    org_id         BIGINT NOT NULL,
    funder_id      BIGINT NOT NULL,
    granted        BIGINT NOT NULL,
    terms          JSONB NOT NULL,
    revision       BIGINT NOT NULL,
    by_funder      BIGINT NOT NULL,
    by_org         BIGINT NOT NULL,
    document_id    BIGINT,
    settled_on     DATE,
    sign_by        DATE,
    signed_on      DATE,
    project_id     BIGINT,
    void_on        DATE,
    void_reason    JSONB NOT NULL,
    norms_on       DATE NOT NULL,
    sample         BOOLEAN NOT NULL,
    created_at     TIMESTAMPTZ NOT NULL,
    version        BIGINT NOT NULL
);
CREATE UNIQUE INDEX agreements_application ON agreements (application_id) WHERE void_on IS NULL;
CREATE INDEX agreements_call ON agreements (call_id);
CREATE INDEX agreements_org ON agreements (org_id);

-- Each text of an agreement, with the reason of the change.
CREATE TABLE agreement_versions (
    id           BIGINT PRIMARY KEY,
    agreement_id BIGINT NOT NULL REFERENCES agreements (id),
    no           BIGINT NOT NULL,
    side         TEXT NOT NULL,
    terms        JSONB NOT NULL,
    reason       JSONB NOT NULL,
    on_day       DATE NOT NULL,
    UNIQUE (agreement_id, no)
);

-- What each side handed in as its signature.
CREATE TABLE agreement_signatures (
    id           BIGINT PRIMARY KEY,
    agreement_id BIGINT NOT NULL REFERENCES agreements (id),
    side         TEXT NOT NULL,
    way          TEXT NOT NULL,
    file_id      BIGINT,
    sha256       TEXT NOT NULL,
    seal         JSONB NOT NULL,
    asked        BOOLEAN NOT NULL,
    wrong        BOOLEAN NOT NULL,
    signed_at    TIMESTAMPTZ NOT NULL,
    signed_by    BIGINT NOT NULL,
    version      BIGINT NOT NULL,
    file         BYTEA
);
CREATE INDEX agreement_signatures_agreement ON agreement_signatures (agreement_id);
