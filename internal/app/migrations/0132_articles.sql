-- +goose Up

-- A document is discussed article by article. edition counts the texts that were laid
-- open: 0 while it is drafted, 1 when it is opened, one more with each adoption of
-- amendments. body_id is the body that votes on it, NULL where none does.
ALTER TABLE resolutions ADD COLUMN edition BIGINT NOT NULL DEFAULT 0;
ALTER TABLE resolutions ADD COLUMN amend_until DATE;
ALTER TABLE resolutions ADD COLUMN body_id BIGINT;
-- How many amendments were numbered; it only gives out numbers.
ALTER TABLE resolutions ADD COLUMN amendments BIGINT NOT NULL DEFAULT 0;

-- From which article and proposal an item grew.
ALTER TABLE resolution_items ADD COLUMN article_id BIGINT;
ALTER TABLE resolution_items ADD COLUMN proposal_id BIGINT;

-- place puts the articles of a document in order; since is the edition in which the
-- text became what it is.
CREATE TABLE resolution_articles (
    id            BIGINT PRIMARY KEY,
    version       BIGINT NOT NULL,
    resolution_id BIGINT NOT NULL REFERENCES resolutions (id),
    place         TEXT NOT NULL,
    title         JSONB NOT NULL,
    text          JSONB NOT NULL,
    since         BIGINT NOT NULL,
    deleted       BOOLEAN NOT NULL,
    asks          BOOLEAN NOT NULL,
    owner_id      BIGINT,
    due           DATE,
    measure       JSONB NOT NULL,
    theme         TEXT NOT NULL,
    proposal_id   BIGINT,
    sample        BOOLEAN NOT NULL
);
CREATE INDEX resolution_articles_of ON resolution_articles (resolution_id);
CREATE INDEX resolution_articles_owner ON resolution_articles (owner_id) WHERE owner_id IS NOT NULL;

-- What an article said from an edition on. The journal tells the same; these rows
-- make an edition readable at once.
CREATE TABLE resolution_texts (
    article_id BIGINT NOT NULL REFERENCES resolution_articles (id),
    edition    BIGINT NOT NULL,
    text       JSONB NOT NULL,
    deleted    BOOLEAN NOT NULL,
    PRIMARY KEY (article_id, edition)
);

-- by_person is personal: it is in no entry of the journal and is shown to nobody.
CREATE TABLE resolution_amendments (
    id            BIGINT PRIMARY KEY,
    version       BIGINT NOT NULL,
    resolution_id BIGINT NOT NULL REFERENCES resolutions (id),
    no            BIGINT NOT NULL,
    article_id    BIGINT,
    act           TEXT NOT NULL, -- replace, delete, add
    base          BIGINT NOT NULL,
    text          JSONB NOT NULL,
    why           JSONB NOT NULL,
    by_org        BIGINT,
    by_person     BIGINT,
    made_on       DATE NOT NULL,
    advice        TEXT NOT NULL,
    advice_text   JSONB NOT NULL,
    advised_on    DATE,
    outcome       TEXT NOT NULL,
    decided_on    DATE,
    edition       BIGINT NOT NULL,
    sample        BOOLEAN NOT NULL,
    UNIQUE (resolution_id, no)
);
CREATE INDEX resolution_amendments_article ON resolution_amendments (article_id) WHERE article_id IS NOT NULL;
CREATE INDEX resolution_amendments_org ON resolution_amendments (by_org) WHERE by_org IS NOT NULL;
CREATE INDEX resolution_amendments_person ON resolution_amendments (by_person) WHERE by_person IS NOT NULL;

CREATE TABLE resolution_comments (
    id            BIGINT PRIMARY KEY,
    version       BIGINT NOT NULL,
    resolution_id BIGINT NOT NULL REFERENCES resolutions (id),
    article_id    BIGINT,
    text          JSONB NOT NULL,
    by_org        BIGINT,
    by_person     BIGINT,
    made_on       DATE NOT NULL,
    removed_on    DATE,
    removed_why   JSONB NOT NULL,
    sample        BOOLEAN NOT NULL
);
CREATE INDEX resolution_comments_of ON resolution_comments (resolution_id, id);
CREATE INDEX resolution_comments_org ON resolution_comments (by_org) WHERE by_org IS NOT NULL;
CREATE INDEX resolution_comments_person ON resolution_comments (by_person) WHERE by_person IS NOT NULL;
