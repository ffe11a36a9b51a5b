-- +goose Up

-- Files that came to a closed event or a sheltered project.
ALTER TABLE project_files ADD COLUMN closed BOOLEAN NOT NULL DEFAULT FALSE;
