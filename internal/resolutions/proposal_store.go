package resolutions

import (
	"context"

	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

const proposalColumns = `id, version, resolution_id, text, by_words, by_org, by_person, made_on, session_id, phase, remark, merged_into, withdrawn_on, sample, by_guest`

func scanProposal(r db.Row) (p Proposal, err error) {
	err = r.Scan(&p.ID, &p.Version, &p.DocumentID, &p.Text, &p.ByWords, &p.ByOrg, &p.ByPerson, &p.MadeOn, &p.SessionID, &p.Phase, &p.Remark, &p.MergedInto, &p.WithdrawnOn, &p.Sample, &p.ByGuest)
	return p, err
}

func insertProposal(ctx context.Context, tx *db.Tx, p Proposal) error {
	_, err := tx.Exec(ctx, `INSERT INTO resolution_proposals (`+proposalColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15)`,
		p.ID, p.Version, p.DocumentID, p.Text, p.ByWords, p.ByOrg, p.ByPerson, p.MadeOn, p.SessionID, string(p.Phase), p.Remark, p.MergedInto, p.WithdrawnOn, p.Sample, p.ByGuest)
	return err
}

// updateProposal stores p, whose version is the one that was read.
func updateProposal(ctx context.Context, tx *db.Tx, p Proposal) error {
	return tx.ExecOne(ctx, `UPDATE resolution_proposals SET version = version + 1, merged_into = $1, withdrawn_on = $2 WHERE id = $3 AND version = $4`,
		p.MergedInto, p.WithdrawnOn, p.ID, p.Version)
}

func proposalByID(ctx context.Context, tx *db.Tx, id ref.ID) (Proposal, error) {
	return db.One(ctx, tx, scanProposal, `SELECT `+proposalColumns+` FROM resolution_proposals WHERE id = $1`, id)
}

func proposalsOf(ctx context.Context, tx *db.Tx, document ref.ID) ([]Proposal, error) {
	return db.All(ctx, tx, scanProposal, `SELECT `+proposalColumns+` FROM resolution_proposals WHERE resolution_id = $1 ORDER BY id`, document)
}

func proposalsByIDs(ctx context.Context, tx *db.Tx, ids []ref.ID) ([]Proposal, error) {
	return db.All(ctx, tx, scanProposal, `SELECT `+proposalColumns+` FROM resolution_proposals WHERE id IN `+db.In(1, len(ids)), db.Args(nil, ids)...)
}

func mergedInto(ctx context.Context, tx *db.Tx, id ref.ID) ([]Proposal, error) {
	return db.All(ctx, tx, scanProposal, `SELECT `+proposalColumns+` FROM resolution_proposals WHERE merged_into = $1 ORDER BY id`, id)
}

// backing is a supporter of a proposal.
type backing struct{ proposal, person ref.ID }

func scanBacking(r db.Row) (b backing, err error) {
	err = r.Scan(&b.proposal, &b.person)
	return b, err
}

// backersOf lists who supports the proposals of a document.
func backersOf(ctx context.Context, tx *db.Tx, document ref.ID) ([]backing, error) {
	return db.All(ctx, tx, scanBacking, `SELECT s.proposal_id, s.person_id FROM resolution_supports s
		JOIN resolution_proposals p ON p.id = s.proposal_id WHERE p.resolution_id = $1`, document)
}

// count counts each person once, however many of the merged proposals they support.
func (v *Voice) count(backers map[ref.ID][]ref.ID, reader ref.ID) {
	seen := map[ref.ID]bool{}
	for _, id := range v.members() {
		for _, person := range backers[id] {
			seen[person] = true
		}
	}
	v.Support, v.Mine = int64(len(seen)), reader != 0 && seen[reader]
}

const summaryColumns = `id, version, resolution_id, session_id, text`

func scanSummary(r db.Row) (s Summary, err error) {
	err = r.Scan(&s.ID, &s.Version, &s.DocumentID, &s.SessionID, &s.Text)
	return s, err
}

func insertSummary(ctx context.Context, tx *db.Tx, s Summary) error {
	_, err := tx.Exec(ctx, `INSERT INTO resolution_summaries (`+summaryColumns+`) VALUES ($1,$2,$3,$4,$5)`, s.ID, s.Version, s.DocumentID, s.SessionID, s.Text)
	return err
}

// updateSummary stores s, whose version is the one that was read.
func updateSummary(ctx context.Context, tx *db.Tx, s Summary) error {
	return tx.ExecOne(ctx, `UPDATE resolution_summaries SET version = version + 1, text = $1 WHERE id = $2 AND version = $3`, s.Text, s.ID, s.Version)
}

func summariesOf(ctx context.Context, tx *db.Tx, document ref.ID) ([]Summary, error) {
	return db.All(ctx, tx, scanSummary, `SELECT `+summaryColumns+` FROM resolution_summaries WHERE resolution_id = $1 ORDER BY id`, document)
}
