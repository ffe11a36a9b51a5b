-- +goose Up

-- Files of projects, events and reports with what decides who may see them: the
-- bytes lie with the files of the portal, the columns from file_id on repeat
-- what never changes there.
CREATE TABLE project_files (
    id            BIGINT PRIMARY KEY,
    project_id    BIGINT NOT NULL REFERENCES projects (id),
    part          TEXT NOT NULL,
    part_id       BIGINT,
    indicator_id  BIGINT,
    sort          TEXT NOT NULL,
    title         JSONB NOT NULL,
    for_all       BOOLEAN NOT NULL,
    people        TEXT NOT NULL,
    consent       JSONB NOT NULL,
    added_on      DATE NOT NULL,
    withdrawn_on  DATE,
    hidden_on     DATE,
    hidden_reason JSONB NOT NULL,
    file_id       BIGINT NOT NULL,
    name          TEXT NOT NULL,
    media_type    TEXT NOT NULL,
    size          BIGINT NOT NULL,
    width         BIGINT NOT NULL,
    height        BIGINT NOT NULL,
    hidden        BOOLEAN NOT NULL,
    version       BIGINT NOT NULL
);
CREATE INDEX project_files_project ON project_files (project_id, id);
ALTER TABLE projects DROP COLUMN documents;
ALTER TABLE project_events DROP COLUMN files;
ALTER TABLE project_reports DROP COLUMN files;

-- How many people of which target group; and whether children take part openly.
ALTER TABLE projects ADD COLUMN reach JSONB NOT NULL DEFAULT '{}';
ALTER TABLE projects ADD COLUMN openly BOOLEAN NOT NULL DEFAULT FALSE;

-- Target groups whose projects are closed by default and may be opened by a plan.
ALTER TABLE norm_terms ADD COLUMN may_open BOOLEAN NOT NULL DEFAULT FALSE;

-- What a programme pays for, who runs it, and its money by year.
ALTER TABLE programmes ADD COLUMN about JSONB NOT NULL DEFAULT '{}';
ALTER TABLE programmes ADD COLUMN runner_id BIGINT;
ALTER TABLE programmes ADD COLUMN years JSONB NOT NULL DEFAULT '[]';
