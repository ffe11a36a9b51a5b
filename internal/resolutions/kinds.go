package resolutions

import (
	"context"

	"birge/internal/accounts"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/journal"
	"birge/internal/platform/ref"
)

// Kinds tells the journal how to read the rows of this room.
func Kinds() []journal.Kind {
	return []journal.Kind{
		{Name: Kind, Example: Document{}, Rows: journal.RowsOf(scanDocument, `SELECT `+documentColumns+` FROM resolutions ORDER BY id`)},
		{Name: KindItem, Example: Item{}, Rows: journal.RowsOf(scanItem, `SELECT `+itemColumns+` FROM resolution_items ORDER BY id`)},
		{Name: KindProposal, Example: Proposal{}, Rows: journal.RowsOf(scanProposal, `SELECT `+proposalColumns+` FROM resolution_proposals ORDER BY id`)},
		{Name: KindArticle, Example: Article{}, Rows: journal.RowsOf(scanArticle, `SELECT `+articleColumns+` FROM resolution_articles ORDER BY id`)},
		{Name: KindAmendment, Example: Amendment{}, Rows: journal.RowsOf(scanAmendment, `SELECT `+amendmentColumns+` FROM resolution_amendments ORDER BY id`)},
		{Name: KindComment, Example: Comment{}, Rows: journal.RowsOf(scanComment, `SELECT `+commentColumns+` FROM resolution_comments ORDER BY id`)},
		{Name: KindSummary, Example: Summary{}, Rows: journal.RowsOf(scanSummary, `SELECT `+summaryColumns+` FROM resolution_summaries ORDER BY id`)},
	}
}

// PlacesInUse tells of which places documents are.
func PlacesInUse(ctx context.Context, tx *db.Tx, ids []ref.ID) (map[ref.ID]bool, error) {
	return db.InUse(ctx, tx, ids, `SELECT place_id FROM resolutions WHERE place_id IN %s`)
}

// OrgsInUse tells which organizations hold documents, own items, or proposed
// something.
func OrgsInUse(ctx context.Context, tx *db.Tx, ids []ref.ID) (map[ref.ID]bool, error) {
	return db.InUse(ctx, tx, ids, `SELECT holder_id FROM resolutions WHERE holder_id IN %s`, `SELECT owner_id FROM resolution_items WHERE owner_id IN %s`,
		`SELECT proposer_org FROM resolution_items WHERE proposer_org IN %s`, `SELECT by_org FROM resolution_proposals WHERE by_org IN %s`,
		`SELECT owner_id FROM resolution_articles WHERE owner_id IN %s`, `SELECT by_org FROM resolution_amendments WHERE by_org IN %s`, `SELECT by_org FROM resolution_comments WHERE by_org IN %s`)
}

// Holder declares what this room keeps of natural persons: who proposed or supported
// something. Nobody is found by it.
func Holder() accounts.Holder {
	const ground = "accounts.ground.consent"
	field := func(table, column, purpose string) accounts.PersonalField {
		return accounts.PersonalField{Table: table, Column: column, Whose: "accounts.whose.account", Purpose: purpose, Ground: ground, Keep: "resolutions.keep.account"}
	}
	guest := func(table, column string) accounts.PersonalField {
		return accounts.PersonalField{Table: table, Column: column, Whose: "resolutions.whose.guest", Purpose: "resolutions.purpose.guest", Ground: ground, Keep: "resolutions.keep.guest"}
	}
	const proposer = "resolutions.purpose.proposer"
	guestProposer := func(table, column string) accounts.PersonalField {
		f := guest(table, column)
		f.Purpose = proposer
		return f
	}
	return accounts.Holder{
		Fields: []accounts.PersonalField{
			field("resolution_items", "proposer_person", proposer), field("resolution_proposals", "by_person", proposer),
			field("resolution_amendments", "by_person", proposer), field("resolution_comments", "by_person", proposer),
			field("resolution_supports", "person_id", "resolutions.purpose.support"), guest("resolution_proposals", "by_guest"),
			guestProposer("resolution_items", "proposer_guest"), guestProposer("resolution_links", "to_id"),
			guest("resolution_guests", "email"), guest("resolution_guests", "email_folded"), guest("resolution_guests", "lang"), guest("resolution_guests", "registration_id"),
		},
		Copy: copyOf, Erase: erase,
		Expire: func(ctx context.Context, tx *db.Tx) error {
			return forgetGuests(ctx, tx, `seen_at < $1`, db.At(tx.Now().Add(-keepGuest)))
		},
	}
}

// copyOf gives a person what they said, also without an account by the same address.
func copyOf(ctx context.Context, tx *db.Tx, person ref.ID) (map[string]any, error) {
	g, _, err := guestOfPerson(ctx, tx, person)
	if err != nil {
		return nil, err
	}
	list, err := db.All(ctx, tx, scanProposal, `SELECT `+proposalColumns+` FROM resolution_proposals WHERE by_person = $1 OR by_guest = $2 ORDER BY id`, person, g.ID)
	if err != nil {
		return nil, err
	}
	supported, err := db.All(ctx, tx, db.Value[ref.ID], `SELECT proposal_id FROM resolution_supports WHERE person_id = $1 OR person_id = $2 ORDER BY proposal_id`, person, g.ID)
	if err != nil {
		return nil, err
	}
	amendments, err := db.All(ctx, tx, scanAmendment, `SELECT `+amendmentColumns+` FROM resolution_amendments WHERE by_person = $1 ORDER BY id`, person)
	if err != nil {
		return nil, err
	}
	comments, err := db.All(ctx, tx, scanComment, `SELECT `+commentColumns+` FROM resolution_comments WHERE by_person = $1 ORDER BY id`, person)
	return map[string]any{"resolution_proposals": list, "resolution_supports": supported, "resolution_amendments": amendments, "resolution_comments": comments}, err
}

// erase takes a person out; what they said stays without them.
func erase(ctx context.Context, tx *db.Tx, _ access.Actor, person ref.ID) error {
	g, known, err := guestOfPerson(ctx, tx, person)
	if err != nil {
		return err
	}
	if known {
		if err := eraseGuest(ctx, tx, g.ID); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(ctx, `UPDATE resolution_items SET proposer_person = NULL WHERE proposer_person = $1`, person); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM resolution_supports WHERE person_id = $1`, person); err != nil {
		return err
	}
	for _, table := range []string{"resolution_proposals", "resolution_amendments", "resolution_comments"} {
		if _, err := tx.Exec(ctx, `UPDATE `+table+` SET by_person = NULL WHERE by_person = $1`, person); err != nil {
			return err
		}
	}
	return nil
}
