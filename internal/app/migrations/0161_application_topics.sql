-- +goose Up

-- Which approved topic of its call an application answers, repeated from the proposal
-- so that the page of a topic can count what came of it.
ALTER TABLE applications ADD COLUMN topic_id BIGINT REFERENCES topics (id);
CREATE INDEX applications_topic ON applications (topic_id, call_id);
