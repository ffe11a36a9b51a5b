package norms

import (
	"context"

	"birge/internal/platform/db"
)

// content is all rows that a book is made of.
type content struct {
	norms []Norm
	terms []Term
	days  []Day
	years []Year
}

func read(ctx context.Context, tx *db.Tx) (c content, err error) {
	if c.norms, err = db.All(ctx, tx, scanNorm, `SELECT `+normColumns+` FROM norms ORDER BY key, valid_from`); err != nil {
		return c, err
	}
	if c.terms, err = db.All(ctx, tx, scanTerm, `SELECT `+termColumns+` FROM norm_terms ORDER BY list, num, since`); err != nil {
		return c, err
	}
	if c.days, err = db.All(ctx, tx, scanDay, `SELECT `+dayColumns+` FROM norm_days ORDER BY day`); err != nil {
		return c, err
	}
	c.years, err = db.All(ctx, tx, scanYear, `SELECT id, version, year, law, law_url FROM norm_years ORDER BY year`)
	return c, err
}

const normColumns = `id, version, key, name, value, unit, law, law_url, valid_from, valid_to, open`

func scanNorm(r db.Row) (n Norm, err error) {
	err = r.Scan(&n.ID, &n.Version, &n.Key, &n.Name, db.AsJSON(&n.Value), &n.Unit, &n.Law, &n.LawURL, &n.From, &n.To, &n.Open)
	return n, err
}

func insertNorm(ctx context.Context, tx *db.Tx, n Norm) error {
	_, err := tx.Exec(ctx, `INSERT INTO norms (`+normColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)`,
		n.ID, n.Version, n.Key, n.Name, db.AsJSON(&n.Value), string(n.Unit), n.Law, n.LawURL, n.From, n.To, n.Open)
	return err
}

// saveNorm writes the end of a norm: nothing else of it ever changes.
func saveNorm(ctx context.Context, tx *db.Tx, n Norm) error {
	return tx.ExecOne(ctx, `UPDATE norms SET version = $1, valid_to = $2 WHERE id = $3 AND version = $4`,
		n.Version, n.To, n.ID, n.Version-1)
}

const termColumns = `id, version, list, code, num, name, short, at_risk, may_open, ngo, open, since, until`

func scanTerm(r db.Row) (t Term, err error) {
	err = r.Scan(&t.ID, &t.Version, &t.List, &t.Code, &t.Num, &t.Name, &t.Short, &t.AtRisk, &t.MayOpen, &t.NGO, &t.Open, &t.Since, &t.Until)
	return t, err
}

func insertTerm(ctx context.Context, tx *db.Tx, t Term) error {
	_, err := tx.Exec(ctx, `INSERT INTO norm_terms (`+termColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13)`,
		t.ID, t.Version, t.List, t.Code, t.Num, t.Name, t.Short, t.AtRisk, t.MayOpen, t.NGO, t.Open, t.Since, t.Until)
	return err
}

// saveTerm writes the end of an entry: nothing else of it ever changes.
func saveTerm(ctx context.Context, tx *db.Tx, t Term) error {
	return tx.ExecOne(ctx, `UPDATE norm_terms SET version = $1, until = $2 WHERE id = $3 AND version = $4`,
		t.Version, t.Until, t.ID, t.Version-1)
}

const dayColumns = `id, version, day, working, reason, moved_from`

func scanDay(r db.Row) (d Day, err error) {
	err = r.Scan(&d.ID, &d.Version, &d.Date, &d.Working, &d.Reason, &d.MovedFrom)
	return d, err
}

func insertDay(ctx context.Context, tx *db.Tx, d Day) error {
	_, err := tx.Exec(ctx, `INSERT INTO norm_days (`+dayColumns+`) VALUES ($1,$2,$3,$4,$5,$6)`,
		d.ID, d.Version, d.Date, d.Working, d.Reason, d.MovedFrom)
	return err
}

func deleteDay(ctx context.Context, tx *db.Tx, d Day) error {
	return tx.ExecOne(ctx, `DELETE FROM norm_days WHERE id = $1 AND version = $2`, d.ID, d.Version)
}

func scanYear(r db.Row) (y Year, err error) {
	err = r.Scan(&y.ID, &y.Version, &y.Year, &y.Law, &y.LawURL)
	return y, err
}

func insertYear(ctx context.Context, tx *db.Tx, y Year) error {
	_, err := tx.Exec(ctx, `INSERT INTO norm_years (id, version, year, law, law_url) VALUES ($1,$2,$3,$4,$5)`,
		y.ID, y.Version, y.Year, y.Law, y.LawURL)
	return err
}

func saveYear(ctx context.Context, tx *db.Tx, y Year) error {
	return tx.ExecOne(ctx, `UPDATE norm_years SET version = $1, law = $2, law_url = $3 WHERE id = $4 AND version = $5`,
		y.Version, y.Law, y.LawURL, y.ID, y.Version-1)
}

const proposalColumns = `id, version, what, about, body, valid_from, reason, state, proposed_by, proposed_at, decided_by, decided_at`

func scanProposal(r db.Row) (p Proposal, err error) {
	err = r.Scan(&p.ID, &p.Version, &p.What, &p.About, db.AsJSON(&p.Body), &p.From, &p.Reason, &p.State,
		&p.ProposedBy, &p.ProposedAt, &p.DecidedBy, &p.DecidedAt)
	return p, err
}

func insertProposal(ctx context.Context, tx *db.Tx, p Proposal) error {
	_, err := tx.Exec(ctx, `INSERT INTO norm_proposals (`+proposalColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12)`,
		p.ID, p.Version, p.What, p.About, db.AsJSON(&p.Body), p.From, p.Reason, p.State, p.ProposedBy, p.ProposedAt, p.DecidedBy, p.DecidedAt)
	return err
}

func saveProposal(ctx context.Context, tx *db.Tx, p Proposal) error {
	return tx.ExecOne(ctx, `UPDATE norm_proposals SET version = $1, state = $2, decided_by = $3, decided_at = $4
		WHERE id = $5 AND version = $6`, p.Version, p.State, p.DecidedBy, p.DecidedAt, p.ID, p.Version-1)
}

func proposalByID(ctx context.Context, tx *db.Tx, id any) (Proposal, error) {
	return db.One(ctx, tx, scanProposal, `SELECT `+proposalColumns+` FROM norm_proposals WHERE id = $1`, id)
}

// proposals lists what was proposed about something ("" for everything), the
// latest first.
func proposals(ctx context.Context, tx *db.Tx, about string) ([]Proposal, error) {
	return db.All(ctx, tx, scanProposal, `SELECT `+proposalColumns+` FROM norm_proposals
		WHERE $1 = '' OR about = $1 ORDER BY id DESC LIMIT 200`, about)
}
