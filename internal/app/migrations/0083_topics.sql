-- +goose Up

-- When a body takes proposals of topics for the budget of a year. Whether it is
-- open follows from the dates.
CREATE TABLE topic_windows (
    id          BIGINT PRIMARY KEY,
    body_id     BIGINT NOT NULL,
    place_id    BIGINT NOT NULL,
    kind        TEXT NOT NULL,
    year        BIGINT NOT NULL,
    about       JSONB NOT NULL,
    spheres     JSONB NOT NULL,
    opens       DATE NOT NULL,
    closes      DATE NOT NULL,
    review_days BIGINT NOT NULL,
    norms_on    DATE NOT NULL,
    sample      BOOLEAN NOT NULL,
    version     BIGINT NOT NULL
);
CREATE INDEX topic_windows_closes ON topic_windows (closes, id);
CREATE INDEX topic_windows_body ON topic_windows (body_id, id);

-- A need that somebody asks a body to pay for. by_person is personal: it is in no
-- entry of the journal and is shown to nobody.
CREATE TABLE topics (
    id            BIGINT PRIMARY KEY,
    number        TEXT NOT NULL UNIQUE,
    window_id     BIGINT NOT NULL REFERENCES topic_windows (id),
    body_id       BIGINT NOT NULL,
    kind          TEXT NOT NULL,
    year          BIGINT NOT NULL,
    by_org        BIGINT,
    by_person     BIGINT,
    title         JSONB NOT NULL,
    problem       JSONB NOT NULL,
    evidence      JSONB NOT NULL,
    target_groups JSONB NOT NULL,
    people        BIGINT NOT NULL,
    place_id      BIGINT NOT NULL,
    rural         BOOLEAN NOT NULL,
    sphere        TEXT NOT NULL,
    result        JSONB NOT NULL,
    indicators    JSONB NOT NULL,
    years         BIGINT NOT NULL,
    sum           BIGINT NOT NULL,
    state         TEXT NOT NULL,
    merged_into   BIGINT,
    reason        JSONB NOT NULL,
    proposed_on   DATE NOT NULL,
    reviewed_on   DATE,
    approved_on   DATE,
    approved_sum  BIGINT NOT NULL,
    pot_id        BIGINT,
    norms_on      DATE NOT NULL,
    sample        BOOLEAN NOT NULL,
    version       BIGINT NOT NULL
);
CREATE INDEX topics_body ON topics (body_id, state, id);
CREATE INDEX topics_window ON topics (window_id, id);
CREATE INDEX topics_place ON topics (place_id, id);
CREATE INDEX topics_org ON topics (by_org, id) WHERE by_org IS NOT NULL;
CREATE INDEX topics_person ON topics (by_person, id) WHERE by_person IS NOT NULL;
CREATE INDEX topics_merged ON topics (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX topics_pot ON topics (pot_id) WHERE pot_id IS NOT NULL;

-- The money of a programme for a place, with its ceilings by year.
CREATE TABLE pots (
    id             BIGINT PRIMARY KEY,
    programme_id   BIGINT NOT NULL,
    funder_id      BIGINT NOT NULL,
    place_id       BIGINT NOT NULL,
    title          JSONB NOT NULL,
    kind           TEXT NOT NULL,
    years          JSONB NOT NULL,
    district_share BIGINT NOT NULL,
    sample         BOOLEAN NOT NULL,
    version        BIGINT NOT NULL
);
CREATE INDEX pots_programme ON pots (programme_id, id);
CREATE INDEX pots_funder ON pots (funder_id, id);
CREATE INDEX pots_place ON pots (place_id);

-- Money of one year of a pot that is bound for one thing.
CREATE TABLE pot_bindings (
    id        BIGINT PRIMARY KEY,
    pot_id    BIGINT NOT NULL REFERENCES pots (id),
    year      BIGINT NOT NULL,
    for_kind  TEXT NOT NULL,
    for_id    BIGINT NOT NULL,
    for_title JSONB NOT NULL,
    for_path  TEXT NOT NULL,
    sum       BIGINT NOT NULL CHECK (sum > 0),
    version   BIGINT NOT NULL,
    UNIQUE (pot_id, year, for_kind, for_id)
);
CREATE INDEX pot_bindings_for ON pot_bindings (for_kind, for_id);
