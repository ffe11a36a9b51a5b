-- +goose Up

-- A link is mailed to a body that answers for an item, or to the guest who proposed it
-- and judges it: to_id is one or the other, whose ids are never the same.
ALTER TABLE resolution_links RENAME COLUMN org_id TO to_id;

-- proposer_guest is personal: it is in no entry of the journal and is shown to nobody.
-- judged_by_link tells that the proposer's word came by a mailed link.
ALTER TABLE resolution_items ADD COLUMN proposer_guest BIGINT;
ALTER TABLE resolution_items ADD COLUMN judged_by_link BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX resolution_items_guest ON resolution_items (proposer_guest) WHERE proposer_guest IS NOT NULL;

UPDATE resolution_items SET proposer_guest = (SELECT p.by_guest FROM resolution_proposals p WHERE p.id = resolution_items.proposal_id)
    WHERE proposal_id IS NOT NULL AND proposer_org IS NULL AND proposer_person IS NULL;
