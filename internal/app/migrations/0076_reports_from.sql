-- +goose Up

-- Since when an agreement that came from a table owes reports on the portal.
ALTER TABLE projects ADD COLUMN reports_from DATE;
