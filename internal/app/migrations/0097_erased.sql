-- +goose Up

-- When the contact and the people of an application were erased, after the time for
-- which they are kept.
ALTER TABLE applications ADD COLUMN erased_at TIMESTAMPTZ;
