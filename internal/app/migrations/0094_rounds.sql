-- +goose Up

-- What orders and results read of every application of a round and of every sheet of
-- a panel, beside the long texts of the rows.
CREATE INDEX applications_round ON applications (call_id, round, id, number, org_id, place_id, sphere, asked, granted, state);
CREATE INDEX panel_assignments_sheets ON panel_assignments (panel_id, work_id, id, seat_id, expert_id, why, due, submitted_at, left_at, total);
DROP INDEX panel_assignments_panel;
