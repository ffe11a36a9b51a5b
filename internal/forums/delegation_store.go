package forums

import (
	"context"

	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

const delegationColumns = `id, version, forum_id, name, lead_id`

func scanDelegation(r db.Row) (d Delegation, err error) {
	err = r.Scan(&d.ID, &d.Version, &d.ForumID, &d.Name, &d.LeadID)
	return d, err
}

func insertDelegation(ctx context.Context, tx *db.Tx, d Delegation) error {
	_, err := tx.Exec(ctx, `INSERT INTO forum_delegations (`+delegationColumns+`) VALUES ($1,$2,$3,$4,$5)`, d.ID, d.Version, d.ForumID, d.Name, d.LeadID)
	return err
}

// updateLead stores who leads a delegation; its version is the new one.
func updateLead(ctx context.Context, tx *db.Tx, d Delegation) error {
	return tx.ExecOne(ctx, `UPDATE forum_delegations SET lead_id = $1, version = $2 WHERE id = $3 AND version = $4`, d.LeadID, d.Version, d.ID, d.Version-1)
}

func delegationByID(ctx context.Context, tx *db.Tx, id ref.ID) (Delegation, error) {
	return db.One(ctx, tx, scanDelegation, `SELECT `+delegationColumns+` FROM forum_delegations WHERE id = $1`, id)
}

func delegationsOf(ctx context.Context, tx *db.Tx, forum ref.ID) ([]Delegation, error) {
	return db.All(ctx, tx, scanDelegation, `SELECT `+delegationColumns+` FROM forum_delegations WHERE forum_id = $1 ORDER BY id`, forum)
}

// membersOf gives those who come, or wait to come, with a delegation, its leader
// among them.
func membersOf(ctx context.Context, tx *db.Tx, delegation ref.ID) ([]Registration, error) {
	return db.All(ctx, tx, scanRegistration, `SELECT `+registrationColumns+` FROM forum_registrations WHERE delegation_id = $1 AND state <> 'withdrawn' ORDER BY id`, delegation)
}

// joinDelegation stores with which delegation somebody comes.
func joinDelegation(ctx context.Context, tx *db.Tx, x Registration) error {
	return tx.ExecOne(ctx, `UPDATE forum_registrations SET delegation_id = $1, version = $2 WHERE id = $3 AND version = $4`, x.DelegationID, x.Version, x.ID, x.Version-1)
}
