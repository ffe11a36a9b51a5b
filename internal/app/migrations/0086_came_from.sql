-- +goose Up

-- What a project came from: refs of topic, call, application, agreement.
ALTER TABLE projects ADD COLUMN came_from JSONB;
