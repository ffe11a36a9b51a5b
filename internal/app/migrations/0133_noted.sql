-- +goose Up

-- The fate of what was proposed to a plan is noted by who sent it, from the letters
-- that came, where the addressee does not answer on the portal.
ALTER TABLE resolution_items ADD COLUMN noted BOOLEAN NOT NULL DEFAULT FALSE;

-- What grew from a proposal.
CREATE INDEX resolution_items_of_proposal ON resolution_items (proposal_id) WHERE proposal_id IS NOT NULL;
CREATE INDEX resolution_articles_of_proposal ON resolution_articles (proposal_id) WHERE proposal_id IS NOT NULL;
