package orgs

import (
	"context"

	"birge/internal/platform/db"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

const columns = `id, version, bin, kind, legal_form, name, short_name, place_id, rural, address, spheres, founded, closed,
	head, site, mail, phone, about, source, merged_into, merged_on, merged_why, sample`

func scan(r db.Row) (o Organization, err error) {
	err = r.Scan(&o.ID, &o.Version, &o.BIN, &o.Kind, &o.LegalForm, &o.Name, &o.ShortName, &o.PlaceID, &o.Rural, &o.Address,
		db.AsJSON(&o.Spheres), &o.Founded, &o.Closed, &o.Head, &o.Site, &o.Mail, &o.Phone, &o.About, &o.Source,
		&o.MergedInto, &o.MergedOn, &o.MergedWhy, &o.Sample)
	return o, err
}

func insert(ctx context.Context, tx *db.Tx, o Organization) error {
	_, err := tx.Exec(ctx, `INSERT INTO organizations (`+columns+`)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22,$23)`,
		o.ID, o.Version, o.BIN, o.Kind, o.LegalForm, o.Name, o.ShortName, o.PlaceID, o.Rural, o.Address,
		db.AsJSON(&o.Spheres), o.Founded, o.Closed, o.Head, o.Site, o.Mail, o.Phone, o.About, o.Source,
		o.MergedInto, o.MergedOn, o.MergedWhy, o.Sample)
	if err != nil {
		return duplicate(err)
	}
	return putNames(ctx, tx, o)
}

// update writes o over the version that was read.
func update(ctx context.Context, tx *db.Tx, o Organization) error {
	err := tx.ExecOne(ctx, `UPDATE organizations SET version = version + 1, bin = $1, kind = $2, legal_form = $3, name = $4,
		short_name = $5, place_id = $6, rural = $7, address = $8, spheres = $9, founded = $10, closed = $11, head = $12, site = $13,
		mail = $14, phone = $15, about = $16, merged_into = $17, merged_on = $18, merged_why = $19
		WHERE id = $20 AND version = $21`,
		o.BIN, o.Kind, o.LegalForm, o.Name, o.ShortName, o.PlaceID, o.Rural, o.Address, db.AsJSON(&o.Spheres), o.Founded, o.Closed,
		o.Head, o.Site, o.Mail, o.Phone, o.About, o.MergedInto, o.MergedOn, o.MergedWhy, o.ID, o.Version)
	if err != nil {
		return duplicate(err)
	}
	return putNames(ctx, tx, o)
}

func duplicate(err error) error {
	if !db.IsDuplicate(err) {
		return err
	}
	var bad problem.Fields
	bad.Reject(true, "bin", "orgs.bin_taken")
	return bad.Err()
}

// putNames writes the folded names of o; a merged page has none.
func putNames(ctx context.Context, tx *db.Tx, o Organization) error {
	if _, err := tx.Exec(ctx, `DELETE FROM organization_names WHERE org_id = $1`, o.ID); err != nil || !o.Living() {
		return err
	}
	for _, f := range folds(o.Name, o.ShortName) {
		if _, err := tx.Exec(ctx, `INSERT INTO organization_names (org_id, fold) VALUES ($1, $2)`, o.ID, f); err != nil {
			return err
		}
	}
	return nil
}

func byID(ctx context.Context, tx *db.Tx, id ref.ID) (Organization, error) {
	return db.One(ctx, tx, scan, `SELECT `+columns+` FROM organizations WHERE id = $1`, id)
}

func byBIN(ctx context.Context, tx *db.Tx, bin string) (Organization, bool, error) {
	return db.Maybe(ctx, tx, scan, `SELECT `+columns+` FROM organizations WHERE bin = $1 AND bin <> '' AND merged_into IS NULL`, bin)
}

func withBINs(ctx context.Context, tx *db.Tx, bins []string) ([]Organization, error) {
	return db.All(ctx, tx, scan, `SELECT `+columns+` FROM organizations WHERE bin <> '' AND merged_into IS NULL AND bin IN `+db.In(1, len(bins)),
		db.Args(nil, bins)...)
}

func inIDs(ctx context.Context, tx *db.Tx, ids []ref.ID) ([]Organization, error) {
	return db.All(ctx, tx, scan, `SELECT `+columns+` FROM organizations WHERE id IN `+db.In(1, len(ids)), db.Args(nil, ids)...)
}

// namesByIDs reads what organizations are called, and nothing else of them.
func namesByIDs(ctx context.Context, tx *db.Tx, ids []ref.ID) ([]Organization, error) {
	return db.All(ctx, tx, func(r db.Row) (o Organization, err error) {
		err = r.Scan(&o.ID, &o.Name, &o.ShortName, &o.MergedInto)
		return o, err
	}, `SELECT id, name, short_name, merged_into FROM organizations WHERE id IN `+db.In(1, len(ids)), db.Args(nil, ids)...)
}

// mergedInto lists the pages that were merged into id, oldest first.
func mergedInto(ctx context.Context, tx *db.Tx, id ref.ID) ([]Organization, error) {
	return db.All(ctx, tx, scan, `SELECT `+columns+` FROM organizations WHERE merged_into = $1 ORDER BY id`, id)
}

// withMerged reads a page and the pages merged into it, itself first.
func withMerged(ctx context.Context, tx *db.Tx, id ref.ID) ([]Organization, error) {
	return db.All(ctx, tx, scan, `SELECT `+columns+` FROM organizations WHERE id = $1 OR merged_into = $1
		ORDER BY CASE WHEN id = $1 THEN 0 ELSE 1 END, id`, id)
}

// latest gives the living organizations that came last.
func latest(ctx context.Context, tx *db.Tx, limit int) ([]Organization, error) {
	return db.All(ctx, tx, scan, `SELECT `+columns+` FROM organizations WHERE merged_into IS NULL ORDER BY id DESC LIMIT $1`, limit)
}

// after gives living organizations by id, to stream them.
func after(ctx context.Context, tx *db.Tx, last ref.ID, limit int) ([]Organization, error) {
	return db.All(ctx, tx, scan, `SELECT `+columns+` FROM organizations WHERE id > $1 AND merged_into IS NULL ORDER BY id LIMIT $2`,
		int64(last), limit)
}

// ofKind gives the living organizations of a kind, the newest first.
func ofKind(ctx context.Context, tx *db.Tx, kind string, limit int) ([]Organization, error) {
	return db.All(ctx, tx, scan, `SELECT `+columns+` FROM organizations WHERE kind = $1 AND merged_into IS NULL ORDER BY id DESC LIMIT $2`, kind, limit)
}

// namesakes gives living organizations that have one of the folded names, at the
// place or anywhere when place is 0, except themselves.
func namesakes(ctx context.Context, tx *db.Tx, names []string, place, except ref.ID, limit int) ([]Organization, error) {
	args := db.Args([]any{int64(except), int64(place), limit}, names)
	return db.All(ctx, tx, scan, `SELECT `+columns+` FROM organizations WHERE id <> $1 AND (CAST($2 AS BIGINT) = 0 OR place_id = $2) AND merged_into IS NULL
		AND id IN (SELECT org_id FROM organization_names WHERE fold IN `+db.In(4, len(names))+`) ORDER BY id LIMIT $3`, args...)
}

// twins finds folded names that living pages of one place share: more pages than
// different BINs tell apart.
func twins(ctx context.Context, tx *db.Tx) ([]Twins, error) {
	return db.All(ctx, tx, func(r db.Row) (t Twins, err error) {
		err = r.Scan(&t.Fold, &t.PlaceID)
		return t, err
	}, `SELECT n.fold, o.place_id FROM organization_names n JOIN organizations o ON o.id = n.org_id
		WHERE o.merged_into IS NULL GROUP BY n.fold, o.place_id
		HAVING count(*) > 1 AND count(DISTINCT CASE WHEN o.bin <> '' THEN o.bin END) < count(*)
		ORDER BY n.fold, o.place_id`)
}

const claimColumns = `id, version, org_id, user_id, way, letter, post, state, sent_on, until, objection, decided_on, decided_by, reason, code_hash, code_until`

func scanClaim(r db.Row) (c Claim, err error) {
	err = r.Scan(&c.ID, &c.Version, &c.OrgID, &c.UserID, &c.Way, &c.Letter, &c.Post, &c.State, &c.SentOn, &c.Until, &c.Objection,
		&c.DecidedOn, &c.DecidedBy, &c.Reason, &c.codeHash, &c.codeUntil)
	return c, err
}

func insertClaim(ctx context.Context, tx *db.Tx, c Claim) error {
	_, err := tx.Exec(ctx, `INSERT INTO organization_claims (`+claimColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16)`,
		c.ID, c.Version, c.OrgID, c.UserID, string(c.Way), c.Letter, c.Post, string(c.State), c.SentOn, c.Until, c.Objection,
		c.DecidedOn, c.DecidedBy, c.Reason, c.codeHash, c.codeUntil)
	if db.IsDuplicate(err) {
		err = problem.New(problem.Conflict, "orgs.claim_open_already")
	}
	return err
}

func updateClaim(ctx context.Context, tx *db.Tx, c Claim) error {
	return tx.ExecOne(ctx, `UPDATE organization_claims SET version = version + 1, state = $1, until = $2, objection = $3, decided_on = $4,
		decided_by = $5, reason = $6, code_hash = $7, code_until = $8 WHERE id = $9 AND version = $10`,
		string(c.State), c.Until, c.Objection, c.DecidedOn, c.DecidedBy, c.Reason, c.codeHash, c.codeUntil, c.ID, c.Version)
}

func claimByID(ctx context.Context, tx *db.Tx, id ref.ID) (Claim, error) {
	return db.One(ctx, tx, scanClaim, `SELECT `+claimColumns+` FROM organization_claims WHERE id = $1`, id)
}

func openClaims(ctx context.Context, tx *db.Tx, org ref.ID) ([]Claim, error) {
	return db.All(ctx, tx, scanClaim, `SELECT `+claimColumns+` FROM organization_claims WHERE org_id = $1 AND decided_on IS NULL ORDER BY id`, org)
}

func claimsOf(ctx context.Context, tx *db.Tx, user ref.ID) ([]Claim, error) {
	return db.All(ctx, tx, scanClaim, `SELECT `+claimColumns+` FROM organization_claims WHERE user_id = $1 ORDER BY id DESC`, user)
}

// claimsToDecide gives what waits for an officer, oldest first.
func claimsToDecide(ctx context.Context, tx *db.Tx) ([]Claim, error) {
	return db.All(ctx, tx, scanClaim, `SELECT `+claimColumns+` FROM organization_claims
		WHERE decided_on IS NULL AND (state = 'sent' AND way = 'letter' OR state = 'objected') ORDER BY id`)
}

func claimsWaitedOut(ctx context.Context, tx *db.Tx, today db.Date) ([]Claim, error) {
	return db.All(ctx, tx, scanClaim, `SELECT `+claimColumns+` FROM organization_claims WHERE state = 'waiting' AND until < $1 ORDER BY id`, today)
}

const returnColumns = `id, version, org_id, year, submitted_on, data`

func scanReturn(r db.Row) (y Return, err error) {
	err = r.Scan(&y.ID, &y.Version, &y.OrgID, &y.Year, &y.SubmittedOn, db.AsJSON(&y.ReturnData))
	return y, err
}

func insertReturn(ctx context.Context, tx *db.Tx, y Return) error {
	_, err := tx.Exec(ctx, `INSERT INTO organization_returns (`+returnColumns+`) VALUES ($1,$2,$3,$4,$5,$6)`,
		y.ID, y.Version, y.OrgID, y.Year, y.SubmittedOn, db.AsJSON(&y.ReturnData))
	return err
}

func updateReturn(ctx context.Context, tx *db.Tx, y Return) error {
	return tx.ExecOne(ctx, `UPDATE organization_returns SET version = version + 1, submitted_on = $1, data = $2 WHERE id = $3 AND version = $4`,
		y.SubmittedOn, db.AsJSON(&y.ReturnData), y.ID, y.Version)
}

func returnOf(ctx context.Context, tx *db.Tx, org ref.ID, year int) (Return, error) {
	return db.One(ctx, tx, scanReturn, `SELECT `+returnColumns+` FROM organization_returns WHERE org_id = $1 AND year = $2`, org, year)
}

func returnsOf(ctx context.Context, tx *db.Tx, orgs []ref.ID) ([]Return, error) {
	return db.All(ctx, tx, scanReturn, `SELECT `+returnColumns+` FROM organization_returns WHERE org_id IN `+db.In(1, len(orgs))+`
		ORDER BY year DESC, id`, db.Args(nil, orgs)...)
}

// withoutReturn gives NGOs that were there in the year and have no return of it.
func withoutReturn(ctx context.Context, tx *db.Tx, year, limit int) ([]Organization, error) {
	return db.All(ctx, tx, scan, `SELECT `+columns+` FROM organizations WHERE kind = $1 AND merged_into IS NULL
		AND (founded IS NULL OR founded <= $2) AND closed IS NULL
		AND id NOT IN (SELECT org_id FROM organization_returns WHERE year = $3) ORDER BY id LIMIT $4`,
		NGO, db.Day(year, 12, 31), year, limit)
}

const correctionColumns = `id, version, org_id, project_id, place_id, figure_id, subject, body, sender_id, sender_mail, sent_on, decision, answer, decided_on`

func scanCorrection(r db.Row) (c Correction, err error) {
	err = r.Scan(&c.ID, &c.Version, &c.OrgID, &c.ProjectID, &c.PlaceID, &c.FigureID, &c.Subject, &c.Body, &c.SenderID, &c.SenderMail, &c.SentOn, &c.Decision, &c.Answer, &c.DecidedOn)
	return c, err
}

func insertCorrection(ctx context.Context, tx *db.Tx, c Correction) error {
	_, err := tx.Exec(ctx, `INSERT INTO corrections (`+correctionColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14)`,
		c.ID, c.Version, c.OrgID, c.ProjectID, c.PlaceID, c.FigureID, c.Subject, c.Body, c.SenderID, c.SenderMail, c.SentOn, string(c.Decision), c.Answer, c.DecidedOn)
	return err
}

func updateCorrection(ctx context.Context, tx *db.Tx, c Correction) error {
	return tx.ExecOne(ctx, `UPDATE corrections SET version = version + 1, decision = $1, answer = $2, decided_on = $3
		WHERE id = $4 AND version = $5`, string(c.Decision), c.Answer, c.DecidedOn, c.ID, c.Version)
}

func correctionByID(ctx context.Context, tx *db.Tx, id ref.ID) (Correction, error) {
	return db.One(ctx, tx, scanCorrection, `SELECT `+correctionColumns+` FROM corrections WHERE id = $1`, id)
}

// correctedBy are the columns with the page of a correction, by its kind.
var correctedBy = map[string]string{Kind: "org_id", KindProject: "project_id", KindPlace: "place_id", KindFigure: "figure_id"}

// correctionsOf gives the corrections of pages of a kind, the newest first.
func correctionsOf(ctx context.Context, tx *db.Tx, kind string, pages []ref.ID) ([]Correction, error) {
	return db.All(ctx, tx, scanCorrection, `SELECT `+correctionColumns+` FROM corrections WHERE `+correctedBy[kind]+` IN `+db.In(1, len(pages))+`
		ORDER BY id DESC`, db.Args(nil, pages)...)
}

func askedOfFacts(ctx context.Context, tx *db.Tx) ([]Correction, error) {
	return db.All(ctx, tx, scanCorrection, `SELECT `+correctionColumns+` FROM corrections
		WHERE (place_id IS NOT NULL OR figure_id IS NOT NULL) AND decision = '' ORDER BY id`)
}

func correctionsBy(ctx context.Context, tx *db.Tx, sender ref.ID) ([]Correction, error) {
	return db.All(ctx, tx, scanCorrection, `SELECT `+correctionColumns+` FROM corrections WHERE sender_id = $1 ORDER BY id`, int64(sender))
}

// forgetSenders removes who sent the corrections decided before the day, and
// those of one person when user is not 0.
func forgetSenders(ctx context.Context, tx *db.Tx, before db.Date, user ref.ID) error {
	_, err := tx.Exec(ctx, `UPDATE corrections SET sender_id = NULL, sender_mail = ''
		WHERE decided_on < $1 AND (sender_id IS NOT NULL OR sender_mail <> '') OR sender_id = $2`, before, int64(user))
	return err
}

const tieColumns = `id, version, org_id, person, kind, since, until`

func scanTie(r db.Row) (t Tie, err error) {
	err = r.Scan(&t.ID, &t.Version, &t.OrgID, &t.Person, &t.Kind, &t.Since, &t.Until)
	return t, err
}

func insertTie(ctx context.Context, tx *db.Tx, t Tie) error {
	_, err := tx.Exec(ctx, `INSERT INTO organization_ties (`+tieColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7)`,
		t.ID, t.Version, t.OrgID, t.Person, string(t.Kind), t.Since, t.Until)
	if db.IsDuplicate(err) {
		err = problem.New(problem.Conflict, "orgs.tie_there")
	}
	return err
}

func updateTie(ctx context.Context, tx *db.Tx, t Tie) error {
	return tx.ExecOne(ctx, `UPDATE organization_ties SET version = version + 1, until = $1 WHERE id = $2 AND version = $3`, t.Until, t.ID, t.Version)
}

func tieByID(ctx context.Context, tx *db.Tx, id ref.ID) (Tie, error) {
	return db.One(ctx, tx, scanTie, `SELECT `+tieColumns+` FROM organization_ties WHERE id = $1`, id)
}

func tiesOf(ctx context.Context, tx *db.Tx, persons []string) ([]Tie, error) {
	return db.All(ctx, tx, scanTie, `SELECT `+tieColumns+` FROM organization_ties WHERE person IN `+db.In(1, len(persons))+` ORDER BY id`, db.Args(nil, persons)...)
}

func tiesOfPersons(ctx context.Context, tx *db.Tx, persons []string, orgs []ref.ID) ([]Tie, error) {
	args := db.Args(db.Args(nil, persons), orgs)
	return db.All(ctx, tx, scanTie, `SELECT `+tieColumns+` FROM organization_ties WHERE person IN `+db.In(1, len(persons))+`
		AND org_id IN `+db.In(1+len(persons), len(orgs))+` ORDER BY id`, args...)
}
