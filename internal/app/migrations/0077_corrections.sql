-- +goose Up

-- What somebody says is wrong on a page, of an organization or of a project. Who
-- said it is in no entry.
CREATE TABLE corrections (
    id          BIGINT PRIMARY KEY,
    version     BIGINT NOT NULL,
    org_id      BIGINT,
    project_id  BIGINT,
    subject     TEXT NOT NULL,
    body        TEXT NOT NULL,
    sender_id   BIGINT,
    sender_mail TEXT NOT NULL,
    sent_on     DATE NOT NULL,
    decision    TEXT NOT NULL,
    answer      JSONB NOT NULL,
    decided_on  DATE
);
INSERT INTO corrections (id, version, org_id, subject, body, sender_id, sender_mail, sent_on, decision, answer, decided_on)
    SELECT id, version, org_id, subject, body, sender_id, sender_mail, sent_on, decision, answer, decided_on FROM organization_corrections;
DROP TABLE organization_corrections;
CREATE INDEX corrections_org ON corrections (org_id, id) WHERE org_id IS NOT NULL;
CREATE INDEX corrections_project ON corrections (project_id, id) WHERE project_id IS NOT NULL;
CREATE INDEX corrections_sender ON corrections (sender_id) WHERE sender_id IS NOT NULL;
