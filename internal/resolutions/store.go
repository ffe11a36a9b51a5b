package resolutions

import (
	"context"
	"strings"

	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

const documentColumns = `id, version, fact, kind, title, about, place_id, holder_id, forum_id, previous_id, target_id, stage, adopted_on, outcomes,
	others, and_others, more_proposals, source, edition, amend_until, body_id, sample`

func scanDocument(r db.Row) (d Document, err error) {
	var fact *string
	err = r.Scan(&d.ID, &d.Version, &fact, &d.Kind, &d.Title, &d.About, &d.PlaceID, &d.HolderID, &d.ForumID, &d.PreviousID, &d.TargetID, &d.Stage, &d.AdoptedOn,
		db.AsJSON(&d.Outcomes), &d.Others, &d.AndOthers, &d.MoreProposals, db.AsJSON(&d.Source), &d.Edition, &d.AmendUntil, &d.BodyID, &d.Sample)
	if fact != nil {
		d.Fact = *fact
	}
	return d, err
}

func insertDocument(ctx context.Context, tx *db.Tx, d Document) error {
	var fact *string
	if d.Fact != "" {
		fact = &d.Fact
	}
	_, err := tx.Exec(ctx, `INSERT INTO resolutions (`+documentColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22)`,
		d.ID, d.Version, fact, string(d.Kind), d.Title, d.About, d.PlaceID, d.HolderID, d.ForumID, d.PreviousID, d.TargetID, string(d.Stage), d.AdoptedOn,
		db.AsJSON(&d.Outcomes), d.Others, d.AndOthers, d.MoreProposals, db.AsJSON(&d.Source), d.Edition, d.AmendUntil, d.BodyID, d.Sample)
	return err
}

// updateDocument stores d, whose version is the one that was read.
func updateDocument(ctx context.Context, tx *db.Tx, d Document) error {
	return tx.ExecOne(ctx, `UPDATE resolutions SET version = version + 1, title = $1, about = $2, stage = $3, adopted_on = $4, edition = $5, amend_until = $6, body_id = $7
		WHERE id = $8 AND version = $9`, d.Title, d.About, string(d.Stage), d.AdoptedOn, d.Edition, d.AmendUntil, d.BodyID, d.ID, d.Version)
}

func documentByID(ctx context.Context, tx *db.Tx, id ref.ID) (Document, error) {
	return db.One(ctx, tx, scanDocument, `SELECT `+documentColumns+` FROM resolutions WHERE id = $1`, id)
}

func documentByFact(ctx context.Context, tx *db.Tx, fact string) (Document, bool, error) {
	return db.Maybe(ctx, tx, scanDocument, `SELECT `+documentColumns+` FROM resolutions WHERE fact = $1`, fact)
}

// documents gives one page of all documents, the newest first.
func documents(ctx context.Context, tx *db.Tx, limit, offset int) ([]Document, error) {
	return db.All(ctx, tx, scanDocument, `SELECT `+documentColumns+` FROM resolutions ORDER BY id DESC LIMIT $1 OFFSET $2`, limit, offset)
}

func documentsOfForum(ctx context.Context, tx *db.Tx, forum ref.ID) ([]Document, error) {
	return db.All(ctx, tx, scanDocument, `SELECT `+documentColumns+` FROM resolutions WHERE forum_id = $1 ORDER BY id`, forum)
}

// documentsAfter gives the documents that come next after one, and the packages
// that propose something to it.
func documentsAfter(ctx context.Context, tx *db.Tx, id ref.ID) ([]Document, error) {
	return db.All(ctx, tx, scanDocument, `SELECT `+documentColumns+` FROM resolutions WHERE previous_id = $1 OR target_id = $1 ORDER BY id`, id)
}

const itemColumns = `id, version, resolution_id, no, text, theme, owner_id, due, measure, answer_by, proposer_org, proposer_person, stage, answered_on, by_link,
	answer, progress_on, progress, done_on, proof, proof_link, judged_on, judgement, carried_from, carried_to, carried_as, ties, article_id, proposal_id, noted, sample, proposer_guest, judged_by_link`

func scanItem(r db.Row) (i Item, err error) {
	err = r.Scan(&i.ID, &i.Version, &i.DocumentID, &i.No, &i.Text, &i.Theme, &i.OwnerID, &i.Due, &i.Measure, &i.AnswerBy, &i.ProposerOrg, &i.ProposerPerson, &i.Stage, &i.AnsweredOn, &i.ByLink,
		&i.Answer, &i.ProgressOn, &i.Progress, &i.DoneOn, &i.Proof, &i.ProofLink, &i.JudgedOn, &i.Judgement, &i.CarriedFrom, &i.CarriedTo, &i.CarriedAs, db.AsJSON(&i.Ties), &i.ArticleID, &i.ProposalID, &i.Noted, &i.Sample, &i.ProposerGuest, &i.JudgedByLink)
	return i, err
}

func insertItem(ctx context.Context, tx *db.Tx, i Item) error {
	_, err := tx.Exec(ctx, `INSERT INTO resolution_items (`+itemColumns+`)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22,$23,$24,$25,$26,$27,$28,$29,$30,$31,$32,$33)`,
		i.ID, i.Version, i.DocumentID, i.No, i.Text, i.Theme, i.OwnerID, i.Due, i.Measure, i.AnswerBy, i.ProposerOrg, i.ProposerPerson, string(i.Stage), i.AnsweredOn, i.ByLink,
		i.Answer, i.ProgressOn, i.Progress, i.DoneOn, i.Proof, i.ProofLink, i.JudgedOn, i.Judgement, i.CarriedFrom, i.CarriedTo, string(i.CarriedAs), db.AsJSON(&i.Ties), i.ArticleID, i.ProposalID, i.Noted, i.Sample, i.ProposerGuest, i.JudgedByLink)
	return err
}

// updateItem stores i, whose version is the one that was read.
func updateItem(ctx context.Context, tx *db.Tx, i Item) error {
	return tx.ExecOne(ctx, `UPDATE resolution_items SET version = version + 1, theme = $1, owner_id = $2, due = $3, measure = $4, answer_by = $5, stage = $6, answered_on = $7,
		by_link = $8, answer = $9, progress_on = $10, progress = $11, done_on = $12, proof = $13, proof_link = $14, judged_on = $15, judgement = $16,
		carried_to = $17, carried_as = $18, ties = $19, noted = $20, judged_by_link = $21 WHERE id = $22 AND version = $23`,
		i.Theme, i.OwnerID, i.Due, i.Measure, i.AnswerBy, string(i.Stage), i.AnsweredOn, i.ByLink, i.Answer, i.ProgressOn, i.Progress, i.DoneOn, i.Proof, i.ProofLink,
		i.JudgedOn, i.Judgement, i.CarriedTo, string(i.CarriedAs), db.AsJSON(&i.Ties), i.Noted, i.JudgedByLink, i.ID, i.Version)
}

func itemByID(ctx context.Context, tx *db.Tx, id ref.ID) (Item, error) {
	return db.One(ctx, tx, scanItem, `SELECT `+itemColumns+` FROM resolution_items WHERE id = $1`, id)
}

func itemsOf(ctx context.Context, tx *db.Tx, document ref.ID) ([]Item, error) {
	return db.All(ctx, tx, scanItem, `SELECT `+itemColumns+` FROM resolution_items WHERE resolution_id = $1 ORDER BY no`, document)
}

// lastNo is the number of the last item of a document, 0 without items.
func lastNo(ctx context.Context, tx *db.Tx, document ref.ID) (int, error) {
	n, err := db.One(ctx, tx, db.Value[int64], `SELECT coalesce(max(no), 0) FROM resolution_items WHERE resolution_id = $1`, document)
	return int(n), err
}

// countsOf counts by id; %s of the query stands for the ids.
func countsOf(ctx context.Context, tx *db.Tx, ids []ref.ID, query string) (map[ref.ID]int64, error) {
	type count struct {
		id ref.ID
		n  int64
	}
	out := map[ref.ID]int64{}
	if len(ids) == 0 {
		return out, nil
	}
	scan := func(r db.Row) (c count, err error) {
		err = r.Scan(&c.id, &c.n)
		return c, err
	}
	err := db.Each(ctx, tx, scan, func(c count) error {
		out[c.id] = c.n
		return nil
	}, strings.ReplaceAll(query, "%s", db.In(1, len(ids))), db.Args(nil, ids)...)
	return out, err
}
