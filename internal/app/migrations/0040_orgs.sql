-- +goose Up

-- The register: everybody with a page, NGOs and others. A page that was merged
-- into another one stays as a row that points there.
CREATE TABLE organizations (
    id          BIGINT PRIMARY KEY,
    version     BIGINT NOT NULL,
    bin         TEXT NOT NULL,
    kind        TEXT NOT NULL,
    legal_form  TEXT NOT NULL,
    name        JSONB NOT NULL,
    short_name  JSONB NOT NULL,
    place_id    BIGINT NOT NULL,
    rural       BOOLEAN NOT NULL,
    address     JSONB NOT NULL,
    spheres     JSONB NOT NULL,
    founded     DATE,
    closed      DATE,
    head        TEXT NOT NULL,
    site        TEXT NOT NULL,
    mail        TEXT NOT NULL,
    phone       TEXT NOT NULL,
    about       JSONB NOT NULL,
    source      TEXT NOT NULL,
    merged_into BIGINT,
    merged_on   DATE,
    merged_why  JSONB NOT NULL,
    sample      BOOLEAN NOT NULL
);
CREATE UNIQUE INDEX organizations_bin ON organizations (bin) WHERE bin <> '' AND merged_into IS NULL;
CREATE INDEX organizations_place ON organizations (place_id, id);
CREATE INDEX organizations_kind ON organizations (kind, id);
CREATE INDEX organizations_merged ON organizations (merged_into);

-- Each name folded so that look-alike letters and legal forms make no
-- difference: by it duplicates are found.
CREATE TABLE organization_names (
    org_id BIGINT NOT NULL,
    fold   TEXT NOT NULL,
    PRIMARY KEY (fold, org_id)
);
CREATE INDEX organization_names_org ON organization_names (org_id);

-- Somebody asks to speak for an organization.
CREATE TABLE organization_claims (
    id          BIGINT PRIMARY KEY,
    version     BIGINT NOT NULL,
    org_id      BIGINT NOT NULL,
    user_id     BIGINT NOT NULL,
    way         TEXT NOT NULL,
    letter      TEXT NOT NULL,
    post        TEXT NOT NULL,
    state       TEXT NOT NULL,
    sent_on     DATE NOT NULL,
    until       DATE,
    objection   JSONB NOT NULL,
    decided_on  DATE,
    decided_by  BIGINT,
    reason      JSONB NOT NULL,
    code_hash   BYTEA,
    code_until  TIMESTAMPTZ
);
CREATE UNIQUE INDEX organization_claims_open ON organization_claims (org_id, user_id) WHERE decided_on IS NULL;
CREATE INDEX organization_claims_state ON organization_claims (state, until);

-- The yearly return of an NGO.
CREATE TABLE organization_returns (
    id           BIGINT PRIMARY KEY,
    version      BIGINT NOT NULL,
    org_id       BIGINT NOT NULL,
    year         BIGINT NOT NULL,
    submitted_on DATE,
    data         JSONB NOT NULL,
    UNIQUE (org_id, year)
);

-- Ties of people to organizations, for the conflict check alone: a person is
-- a keyed hash, never a name.
CREATE TABLE organization_ties (
    id      BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    org_id  BIGINT NOT NULL,
    person  TEXT NOT NULL,
    kind    TEXT NOT NULL,
    since   DATE,
    until   DATE
);
CREATE UNIQUE INDEX organization_ties_person ON organization_ties (person, org_id, kind);
CREATE INDEX organization_ties_org ON organization_ties (org_id);

-- What somebody says is wrong on a page. Who said it is in no entry.
CREATE TABLE organization_corrections (
    id          BIGINT PRIMARY KEY,
    version     BIGINT NOT NULL,
    org_id      BIGINT NOT NULL,
    subject     TEXT NOT NULL,
    body        TEXT NOT NULL,
    sender_id   BIGINT,
    sender_mail TEXT NOT NULL,
    sent_on     DATE NOT NULL,
    decision    TEXT NOT NULL,
    answer      JSONB NOT NULL,
    decided_on  DATE
);
CREATE INDEX organization_corrections_org ON organization_corrections (org_id, id);
