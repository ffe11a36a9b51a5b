-- +goose Up

-- Who was sent which link into a room for which session, so that each gets each link
-- once. mark is a code of the address, the session and the link that the portal alone
-- can make.
CREATE TABLE forum_room_letters (
    forum_id BIGINT NOT NULL REFERENCES forums (id),
    mark     TEXT NOT NULL,
    PRIMARY KEY (forum_id, mark)
);
