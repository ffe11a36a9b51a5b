-- +goose Up

-- Why the agenda of a meeting came out later than the rules of its body ask.
ALTER TABLE panel_meetings ADD COLUMN hurry JSONB;
