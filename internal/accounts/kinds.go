package accounts

import (
	"context"

	"birge/internal/platform/db"
	"birge/internal/platform/journal"
)

// Kinds are the things of this room, so that rows can be compared with entries.
func Kinds() []journal.Kind {
	return []journal.Kind{
		{Name: "person", Example: Person{}, Rows: rows(scanPerson, `SELECT `+personColumns+` FROM persons ORDER BY id`)},
		{Name: "grant", Example: Grant{}, Rows: rows(scanGrant, `SELECT `+grantColumns+` FROM grants ORDER BY id`)},
		{Name: "invitation", Example: Invitation{}, Rows: rows(scanInvitation, `SELECT `+invitationColumns+` FROM invitations ORDER BY id`)},
		{Name: "consent", Example: Consent{}, Rows: rows(scanConsent, `SELECT `+consentColumns+` FROM consents ORDER BY id`)},
		{Name: "visit", Example: Visit{}, Rows: rows(scanVisit, `SELECT `+visitColumns+` FROM visits ORDER BY id`)},
	}
}

// rows hands every row of a query on as a thing.
func rows[T journal.Thing](scan func(db.Row) (T, error), query string) func(context.Context, *db.Tx, func(journal.Thing) error) error {
	return func(ctx context.Context, tx *db.Tx, yield func(journal.Thing) error) error {
		return db.Each(ctx, tx, scan, func(v T) error { return yield(v) }, query)
	}
}
