-- +goose Up

-- What a row of an import is about, by one or several keys: a second row about
-- the same thing is refused.
CREATE TABLE import_keys (
    import_id BIGINT NOT NULL REFERENCES imports (id),
    row_key   TEXT NOT NULL,
    line      BIGINT NOT NULL,
    PRIMARY KEY (import_id, row_key)
);
INSERT INTO import_keys (import_id, row_key, line)
    SELECT import_id, row_key, MIN(line) FROM import_rows WHERE row_key <> '' GROUP BY import_id, row_key;
DROP INDEX import_rows_key;
ALTER TABLE import_rows DROP COLUMN row_key;
