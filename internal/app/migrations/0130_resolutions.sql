-- +goose Up

-- A document that people make together: the resolution of a forum, a package of
-- proposals to a plan, a concept, the draft of a law. What a source does not say is
-- empty.
CREATE TABLE resolutions (
    id             BIGINT PRIMARY KEY,
    version        BIGINT NOT NULL,
    fact           TEXT UNIQUE,
    kind           TEXT NOT NULL,
    title          JSONB NOT NULL,
    about          JSONB NOT NULL,
    place_id       BIGINT,
    holder_id      BIGINT,
    forum_id       BIGINT,
    previous_id    BIGINT REFERENCES resolutions (id),
    target_id      BIGINT REFERENCES resolutions (id),
    stage          TEXT NOT NULL,
    adopted_on     DATE,
    outcomes       JSONB NOT NULL,
    others         JSONB NOT NULL,
    and_others     BOOLEAN NOT NULL,
    more_proposals BOOLEAN NOT NULL,
    source         JSONB NOT NULL,
    sample         BOOLEAN NOT NULL
);
CREATE INDEX resolutions_place ON resolutions (place_id);
CREATE INDEX resolutions_forum ON resolutions (forum_id) WHERE forum_id IS NOT NULL;
CREATE INDEX resolutions_previous ON resolutions (previous_id) WHERE previous_id IS NOT NULL;
CREATE INDEX resolutions_target ON resolutions (target_id) WHERE target_id IS NOT NULL;

-- What an adopted document asks of somebody. proposer_person is personal: it is in
-- no entry of the journal and is shown to nobody.
CREATE TABLE resolution_items (
    id              BIGINT PRIMARY KEY,
    version         BIGINT NOT NULL,
    resolution_id   BIGINT NOT NULL REFERENCES resolutions (id),
    no              BIGINT NOT NULL,
    text            JSONB NOT NULL,
    theme           TEXT NOT NULL,
    owner_id        BIGINT,
    due             DATE,
    measure         JSONB NOT NULL,
    answer_by       DATE,
    proposer_org    BIGINT,
    proposer_person BIGINT,
    stage           TEXT NOT NULL,
    answered_on     DATE,
    by_link         BOOLEAN NOT NULL,
    answer          JSONB NOT NULL,
    progress_on     DATE,
    progress        JSONB NOT NULL,
    done_on         DATE,
    proof           JSONB NOT NULL,
    proof_link      TEXT NOT NULL,
    judged_on       DATE,
    judgement       JSONB NOT NULL,
    carried_from    BIGINT,
    carried_to      BIGINT,
    carried_as      TEXT NOT NULL,
    ties            JSONB NOT NULL,
    sample          BOOLEAN NOT NULL,
    UNIQUE (resolution_id, no)
);
CREATE INDEX resolution_items_owner ON resolution_items (owner_id) WHERE owner_id IS NOT NULL;
CREATE INDEX resolution_items_proposer ON resolution_items (proposer_org) WHERE proposer_org IS NOT NULL;
CREATE INDEX resolution_items_person ON resolution_items (proposer_person) WHERE proposer_person IS NOT NULL;

-- A proposal. by_person is personal: it is in no entry of the journal and is shown
-- to nobody. by_words are the words of a source.
CREATE TABLE resolution_proposals (
    id            BIGINT PRIMARY KEY,
    version       BIGINT NOT NULL,
    resolution_id BIGINT NOT NULL REFERENCES resolutions (id),
    text          JSONB NOT NULL,
    by_words      JSONB NOT NULL,
    by_org        BIGINT,
    by_person     BIGINT,
    made_on       DATE,
    merged_into   BIGINT,
    withdrawn_on  DATE,
    sample        BOOLEAN NOT NULL
);
CREATE INDEX resolution_proposals_of ON resolution_proposals (resolution_id, id);
CREATE INDEX resolution_proposals_merged ON resolution_proposals (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX resolution_proposals_org ON resolution_proposals (by_org) WHERE by_org IS NOT NULL;
CREATE INDEX resolution_proposals_person ON resolution_proposals (by_person) WHERE by_person IS NOT NULL;

-- A mailed link by which the owner of an item answers without an account: 128 random
-- bits stored as a hash, for one item, once, until a moment.
CREATE TABLE resolution_links (
    token_hash BYTEA PRIMARY KEY,
    item_id    BIGINT NOT NULL REFERENCES resolution_items (id),
    org_id     BIGINT NOT NULL,
    made_at    TIMESTAMPTZ NOT NULL,
    until_at   TIMESTAMPTZ NOT NULL,
    used_at    TIMESTAMPTZ
);
CREATE INDEX resolution_links_item ON resolution_links (item_id);
