-- +goose Up

-- A desk asks what somebody still owes or is owed, and what waits for a decision.
CREATE INDEX obligations_owner_running ON obligations (owner_id, due) WHERE outcome = '';
CREATE INDEX obligations_owed_running ON obligations (owed_to_id, due) WHERE outcome = '';
CREATE INDEX project_reports_returned ON project_reports (project_id) WHERE state = 'returned';
CREATE INDEX project_amendments_waiting ON project_amendments (project_id) WHERE state = 'asked';
CREATE INDEX projects_planned ON projects (funder_id) WHERE agreed_on IS NULL AND cancelled_on IS NULL;
