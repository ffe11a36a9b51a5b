-- +goose Up

CREATE TABLE programmes (
    id        BIGINT PRIMARY KEY,
    title     JSONB NOT NULL,
    funder_id BIGINT NOT NULL,
    place_id  BIGINT,
    from_year BIGINT NOT NULL,
    to_year   BIGINT NOT NULL,
    sample    BOOLEAN NOT NULL,
    version   BIGINT NOT NULL
);

-- A project with its plan. The status is not stored: it follows from the dates,
-- the schedule of reports and the day on which one asks.
CREATE TABLE projects (
    id             BIGINT PRIMARY KEY,
    org_id         BIGINT NOT NULL,
    funder_id      BIGINT,
    programme_id   BIGINT,
    title          JSONB NOT NULL,
    summary        JSONB NOT NULL,
    need           JSONB NOT NULL,
    place_id       BIGINT NOT NULL,
    more_places    JSONB NOT NULL,
    sphere         TEXT NOT NULL,
    more_spheres   JSONB NOT NULL,
    target_groups  JSONB NOT NULL,
    beneficiaries  BIGINT NOT NULL,
    for_children   BOOLEAN NOT NULL,
    at_risk        BOOLEAN NOT NULL,
    rural          BOOLEAN NOT NULL,
    sdgs           JSONB NOT NULL,
    starts         DATE NOT NULL,
    ends           DATE NOT NULL,
    funding_kind   TEXT NOT NULL,
    sum            BIGINT NOT NULL,
    currency       TEXT NOT NULL,
    years          JSONB NOT NULL,
    tranches       JSONB NOT NULL,
    lines          JSONB NOT NULL,
    indicators     JSONB NOT NULL,
    partners       JSONB NOT NULL,
    agreement_no   TEXT NOT NULL,
    agreed_on      DATE,
    rhythm         TEXT NOT NULL,
    report_days    BIGINT NOT NULL,
    schedule       JSONB NOT NULL,
    cancelled_on   DATE,
    terminated_on  DATE,
    closed_on      DATE,
    end_reason     JSONB NOT NULL,
    spent          BIGINT NOT NULL,
    accepted       BIGINT NOT NULL,
    amendments     BIGINT NOT NULL,
    documents      JSONB NOT NULL,
    media          JSONB NOT NULL,
    norms_on       DATE,
    import_id      BIGINT,
    import_row     BIGINT NOT NULL,
    hidden         BOOLEAN NOT NULL,
    sample         BOOLEAN NOT NULL,
    created_at     TIMESTAMPTZ NOT NULL,
    version        BIGINT NOT NULL
);
CREATE INDEX projects_org ON projects (org_id, id);
CREATE INDEX projects_funder ON projects (funder_id, id);
CREATE INDEX projects_place ON projects (place_id, id);
CREATE INDEX projects_programme ON projects (programme_id) WHERE programme_id IS NOT NULL;
CREATE INDEX projects_agreement ON projects (agreement_no, org_id);
CREATE INDEX projects_import ON projects (import_id, import_row) WHERE import_id IS NOT NULL;

-- The money of each project by year, counted again with every change of the
-- project and its reports, so that years can be added over many projects.
CREATE TABLE project_years (
    project_id BIGINT NOT NULL REFERENCES projects (id),
    year       BIGINT NOT NULL,
    planned    BIGINT NOT NULL,
    paid       BIGINT NOT NULL,
    accepted   BIGINT NOT NULL,
    PRIMARY KEY (project_id, year)
);

CREATE TABLE project_events (
    id           BIGINT PRIMARY KEY,
    project_id   BIGINT NOT NULL REFERENCES projects (id),
    title        JSONB NOT NULL,
    about        JSONB NOT NULL,
    place_id     BIGINT NOT NULL,
    address      JSONB NOT NULL,
    on_day       DATE NOT NULL,
    hour         TEXT NOT NULL,
    open         BOOLEAN NOT NULL,
    closed       BOOLEAN NOT NULL,
    announced_on DATE NOT NULL,
    cancelled_on DATE,
    confirmed_on DATE,
    held_on      DATE,
    headcount    BIGINT NOT NULL,
    method       TEXT NOT NULL,
    note         JSONB NOT NULL,
    files        JSONB NOT NULL,
    hidden       BOOLEAN NOT NULL,
    version      BIGINT NOT NULL
);
CREATE INDEX project_events_project ON project_events (project_id, on_day);
CREATE INDEX project_events_day ON project_events (on_day, id);

CREATE TABLE project_reports (
    id            BIGINT PRIMARY KEY,
    project_id    BIGINT NOT NULL REFERENCES projects (id),
    no            BIGINT NOT NULL,
    from_day      DATE NOT NULL,
    to_day        DATE NOT NULL,
    final         BOOLEAN NOT NULL,
    state         TEXT NOT NULL,
    summary       JSONB NOT NULL,
    lessons       JSONB NOT NULL,
    beneficiaries BIGINT NOT NULL,
    spendings     JSONB NOT NULL,
    actuals       JSONB NOT NULL,
    files         JSONB NOT NULL,
    submitted_by  BIGINT,
    submitted_at  TIMESTAMPTZ,
    judged_by     BIGINT,
    judged_at     TIMESTAMPTZ,
    reason        JSONB NOT NULL,
    hidden        BOOLEAN NOT NULL,
    version       BIGINT NOT NULL
);
-- One report of a period is being written, and one counts.
CREATE UNIQUE INDEX project_reports_draft ON project_reports (project_id, no) WHERE state = 'draft';
CREATE UNIQUE INDEX project_reports_counts ON project_reports (project_id, no) WHERE state IN ('submitted', 'accepted');
CREATE INDEX project_reports_project ON project_reports (project_id, no);

CREATE TABLE project_amendments (
    id          BIGINT PRIMARY KEY,
    project_id  BIGINT NOT NULL REFERENCES projects (id),
    no          BIGINT NOT NULL,
    reason      JSONB NOT NULL,
    paper       TEXT NOT NULL,
    state       TEXT NOT NULL,
    asked_on    DATE NOT NULL,
    decided_on  DATE,
    answer      JSONB NOT NULL,
    plan_before JSONB NOT NULL,
    plan_after  JSONB NOT NULL,
    base        BIGINT NOT NULL,
    hidden      BOOLEAN NOT NULL,
    version     BIGINT NOT NULL
);
CREATE INDEX project_amendments_project ON project_amendments (project_id, id);
