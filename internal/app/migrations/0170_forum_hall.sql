-- +goose Up

-- Links into the hall of a forum: of somebody who takes part, of who leads a
-- session, of a screen. Only the hash of a link's secret is kept.
CREATE TABLE forum_hall_links (
    id              BIGINT PRIMARY KEY,
    forum_id        BIGINT NOT NULL REFERENCES forums (id),
    session_id      BIGINT,
    registration_id BIGINT,
    does            TEXT NOT NULL,
    token_hash      TEXT NOT NULL UNIQUE,
    until           TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX forum_hall_links_person ON forum_hall_links (registration_id) WHERE registration_id IS NOT NULL;
CREATE INDEX forum_hall_links_forum ON forum_hall_links (forum_id, does);

-- How the hall of a session is set; its id is that of the session.
CREATE TABLE forum_stages (
    id          BIGINT PRIMARY KEY,
    version     BIGINT NOT NULL,
    forum_id    BIGINT NOT NULL REFERENCES forums (id),
    seconds     BIGINT NOT NULL,
    queue_shut  BOOLEAN NOT NULL,
    asking_shut BOOLEAN NOT NULL,
    question_id BIGINT,
    vote_id     BIGINT
);
CREATE INDEX forum_stages_forum ON forum_stages (forum_id, id);

-- Who asked for the word: each waits once, and one speaks.
CREATE TABLE forum_words (
    id         BIGINT PRIMARY KEY,
    version    BIGINT NOT NULL,
    forum_id   BIGINT NOT NULL REFERENCES forums (id),
    session_id BIGINT NOT NULL,
    who        BIGINT NOT NULL,
    state      TEXT NOT NULL,
    seconds    BIGINT NOT NULL,
    asked_at   TIMESTAMPTZ NOT NULL,
    started_at TIMESTAMPTZ,
    ended_at   TIMESTAMPTZ
);
CREATE INDEX forum_words_session ON forum_words (session_id, id);
CREATE UNIQUE INDEX forum_words_once ON forum_words (session_id, who) WHERE state IN ('waiting', 'speaking');
CREATE UNIQUE INDEX forum_words_speaker ON forum_words (session_id) WHERE state = 'speaking';

-- Questions from phones. text is personal: it is in no entry of the journal.
CREATE TABLE forum_questions (
    id         BIGINT PRIMARY KEY,
    version    BIGINT NOT NULL,
    forum_id   BIGINT NOT NULL REFERENCES forums (id),
    session_id BIGINT NOT NULL,
    who        BIGINT NOT NULL,
    named      BOOLEAN NOT NULL,
    state      TEXT NOT NULL,
    into_id    BIGINT,
    asked_at   TIMESTAMPTZ NOT NULL,
    text       TEXT NOT NULL,
    lang       TEXT NOT NULL
);
CREATE INDEX forum_questions_session ON forum_questions (session_id, id);

CREATE TABLE forum_supports (
    id          BIGINT PRIMARY KEY,
    version     BIGINT NOT NULL,
    forum_id    BIGINT NOT NULL REFERENCES forums (id),
    question_id BIGINT NOT NULL REFERENCES forum_questions (id),
    who         BIGINT NOT NULL,
    UNIQUE (question_id, who)
);

-- Votes of those who take part in a session. result is what was counted.
CREATE TABLE forum_votes (
    id         BIGINT PRIMARY KEY,
    version    BIGINT NOT NULL,
    forum_id   BIGINT NOT NULL REFERENCES forums (id),
    session_id BIGINT NOT NULL,
    manner     TEXT NOT NULL,
    subject    JSONB NOT NULL,
    choices    JSONB NOT NULL,
    entitled   BIGINT NOT NULL,
    opened_at  TIMESTAMPTZ NOT NULL,
    closed_at  TIMESTAMPTZ,
    counted_at TIMESTAMPTZ,
    result     JSONB NOT NULL
);
CREATE INDEX forum_votes_forum ON forum_votes (forum_id, id);
CREATE INDEX forum_votes_session ON forum_votes (session_id, id);

-- The roll of a vote: who has cast, a person or a mandate. No time, no choice.
CREATE TABLE forum_marks (
    vote_id BIGINT NOT NULL REFERENCES forum_votes (id),
    who     BIGINT NOT NULL,
    PRIMARY KEY (vote_id, who)
);

-- Ballots of open votes and of votes by mandate.
CREATE TABLE forum_ballots (
    id         BIGINT PRIMARY KEY,
    version    BIGINT NOT NULL,
    forum_id   BIGINT NOT NULL REFERENCES forums (id),
    vote_id    BIGINT NOT NULL REFERENCES forum_votes (id),
    who        BIGINT NOT NULL,
    mandate_id BIGINT,
    choice     BIGINT NOT NULL,
    cast_at    TIMESTAMPTZ NOT NULL
);
CREATE INDEX forum_ballots_vote ON forum_ballots (vote_id, who);

-- Ballots of secret votes: no voter, no time, a random id, no entry of the journal.
CREATE TABLE forum_secret_ballots (
    id      BIGINT PRIMARY KEY,
    vote_id BIGINT NOT NULL REFERENCES forum_votes (id),
    choice  BIGINT NOT NULL
);
CREATE INDEX forum_secret_ballots_vote ON forum_secret_ballots (vote_id);

-- Mandates: for whom somebody votes. passed_from is who held it first, once it was
-- passed on.
CREATE TABLE forum_mandates (
    id          BIGINT PRIMARY KEY,
    version     BIGINT NOT NULL,
    forum_id    BIGINT NOT NULL REFERENCES forums (id),
    of_whom     TEXT NOT NULL,
    holder_id   BIGINT NOT NULL,
    passed_from BIGINT,
    passed_at   TIMESTAMPTZ,
    UNIQUE (forum_id, of_whom)
);
CREATE INDEX forum_mandates_holder ON forum_mandates (holder_id, id);

-- Halls that were taken along on a laptop. head is the end of the chain that came
-- home with the hall, whose places lie in forum_pack_links.
CREATE TABLE forum_packs (
    id        BIGINT PRIMARY KEY,
    version   BIGINT NOT NULL,
    forum_id  BIGINT NOT NULL REFERENCES forums (id),
    state     TEXT NOT NULL,
    packed_at TIMESTAMPTZ NOT NULL,
    ended_at  TIMESTAMPTZ,
    places    BIGINT NOT NULL,
    head      TEXT NOT NULL
);
CREATE INDEX forum_packs_forum ON forum_packs (forum_id, id);
CREATE UNIQUE INDEX forum_packs_away ON forum_packs (forum_id) WHERE state = 'away';

CREATE TABLE forum_pack_links (
    pack_id BIGINT NOT NULL REFERENCES forum_packs (id),
    seq     BIGINT NOT NULL,
    line    TEXT NOT NULL,
    PRIMARY KEY (pack_id, seq)
);
