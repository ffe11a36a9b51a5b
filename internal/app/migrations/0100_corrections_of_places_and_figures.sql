-- +goose Up

-- Pages of places and of figures are corrected as those of organizations and
-- projects: one of the four ids is set.
ALTER TABLE corrections ADD COLUMN place_id BIGINT;
ALTER TABLE corrections ADD COLUMN figure_id BIGINT;
CREATE INDEX corrections_place ON corrections (place_id, id) WHERE place_id IS NOT NULL;
CREATE INDEX corrections_figure ON corrections (figure_id, id) WHERE figure_id IS NOT NULL;
