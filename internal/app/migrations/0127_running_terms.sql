-- +goose Up

-- The desk of an officer asks what of a kind runs in a region, and what is late.
CREATE INDEX obligations_kind_running ON obligations (kind, due) WHERE outcome = '';
