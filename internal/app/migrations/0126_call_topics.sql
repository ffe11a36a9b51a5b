-- +goose Up

-- Which approved topics a call answers, as its terms name them: so that the page of
-- a topic knows the calls that came of it.
CREATE TABLE call_topics (
    call_id  BIGINT NOT NULL REFERENCES calls (id),
    topic_id BIGINT NOT NULL REFERENCES topics (id),
    PRIMARY KEY (call_id, topic_id)
);
CREATE INDEX call_topics_topic ON call_topics (topic_id, call_id);
