-- +goose Up

-- What the front page adds up and what a desk asks for, without reading whole
-- projects and reports.
CREATE INDEX projects_in_force ON projects (place_id, starts, ends, currency, sum)
    WHERE agreed_on IS NOT NULL AND closed_on IS NULL AND terminated_on IS NULL AND cancelled_on IS NULL AND hidden = FALSE;
CREATE INDEX project_reports_submitted ON project_reports (submitted_at, id) WHERE state = 'submitted' AND hidden = FALSE;
