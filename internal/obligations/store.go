package obligations

import (
	"context"
	"fmt"
	"strings"

	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

const columns = `id, version, kind, what, what_key, what_args, ground, ground_text, thing, root, owner, owed_to, proposer_id,
	place_id, since, first_due, due, term_from, term_days, extended_on, extended_why, replied_on, reply,
	outcome, outcome_on, outcome_note, disputed_on, dispute, rejoinder, carried_from, carried_to, public, sample`

func scan(r db.Row) (o Obligation, err error) {
	err = r.Scan(&o.ID, &o.Version, &o.Kind, &o.What, &o.WhatKey, db.AsJSON(&o.WhatArgs), &o.Ground, &o.GroundText,
		db.AsJSON(&o.Thing), db.AsJSON(&o.Page), db.AsJSON(&o.Owner), db.AsJSON(&o.To), &o.Proposer,
		&o.PlaceID, &o.Since, &o.FirstDue, &o.Due, &o.TermFrom, &o.TermDays, &o.ExtendedOn, &o.ExtendedWhy, &o.RepliedOn, &o.Reply,
		&o.Outcome, &o.OutcomeOn, &o.OutcomeNote, &o.DisputedOn, &o.DisputeText, &o.Rejoinder, &o.CarriedFrom, &o.CarriedTo,
		&o.ShownToAll, &o.Sample)
	return o, err
}

// stateSQL is State in SQL for the day $1; a test holds the two together.
const stateSQL = `CASE
	WHEN outcome = 'released' THEN 'released'
	WHEN outcome = 'carried' THEN 'carried'
	WHEN disputed_on IS NOT NULL THEN 'disputed'
	WHEN outcome = 'kept' AND outcome_on <= due THEN 'kept'
	WHEN outcome = 'kept' THEN 'kept_late'
	WHEN due >= $1 AND extended_on IS NOT NULL THEN 'extended'
	WHEN due >= $1 THEN 'open'
	WHEN replied_on IS NOT NULL OR extended_on IS NOT NULL THEN 'late'
	ELSE 'silent' END`

func insert(ctx context.Context, tx *db.Tx, o Obligation) error {
	_, err := tx.Exec(ctx, `INSERT INTO obligations (`+columns+`, thing_kind, thing_id, root_kind, root_id, owner_kind, owner_id, owed_to_id)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22,$23,$24,$25,$26,$27,$28,$29,$30,$31,$32,$33,
		$34,$35,$36,$37,$38,$39,$40)`,
		o.ID, o.Version, o.Kind, o.What, o.WhatKey, db.AsJSON(&o.WhatArgs), string(o.Ground), o.GroundText,
		db.AsJSON(&o.Thing), db.AsJSON(&o.Page), db.AsJSON(&o.Owner), db.AsJSON(&o.To), o.Proposer,
		o.PlaceID, o.Since, o.FirstDue, o.Due, o.TermFrom, o.TermDays, o.ExtendedOn, o.ExtendedWhy, o.RepliedOn, o.Reply,
		string(o.Outcome), o.OutcomeOn, o.OutcomeNote, o.DisputedOn, o.DisputeText, o.Rejoinder, o.CarriedFrom, o.CarriedTo,
		o.ShownToAll, o.Sample,
		o.Thing.Kind, o.Thing.ID, o.Page.Kind, o.Page.ID, o.Owner.Kind, o.Owner.ID, o.To.ID)
	return err
}

// update writes what can change after an obligation was made; o.Version is the
// version that was read.
func update(ctx context.Context, tx *db.Tx, o Obligation) error {
	return tx.ExecOne(ctx, `UPDATE obligations SET version = version + 1, thing = $1, root = $2, owner = $3, owed_to = $4,
		owner_id = $5, root_id = $6, thing_id = $7, owed_to_id = $8, due = $9,
		extended_on = $10, extended_why = $11, replied_on = $12, reply = $13, outcome = $14, outcome_on = $15, outcome_note = $16,
		disputed_on = $17, dispute = $18, rejoinder = $19, carried_to = $20, public = $21
		WHERE id = $22 AND version = $23`,
		db.AsJSON(&o.Thing), db.AsJSON(&o.Page), db.AsJSON(&o.Owner), db.AsJSON(&o.To),
		o.Owner.ID, o.Page.ID, o.Thing.ID, o.To.ID, o.Due,
		o.ExtendedOn, o.ExtendedWhy, o.RepliedOn, o.Reply, string(o.Outcome), o.OutcomeOn, o.OutcomeNote,
		o.DisputedOn, o.DisputeText, o.Rejoinder, o.CarriedTo, o.ShownToAll, o.ID, o.Version)
}

func byID(ctx context.Context, tx *db.Tx, id ref.ID) (Obligation, error) {
	return db.One(ctx, tx, scan, `SELECT `+columns+` FROM obligations WHERE id = $1`, id)
}

func byThing(ctx context.Context, tx *db.Tx, thing ref.Ref, kind string) (Obligation, bool, error) {
	return db.Maybe(ctx, tx, scan, `SELECT `+columns+` FROM obligations
		WHERE thing_kind = $1 AND thing_id = $2 AND kind = $3 AND outcome <> 'carried'`, thing.Kind, thing.ID, kind)
}

func ofRoot(ctx context.Context, tx *db.Tx, root ref.Ref) ([]Obligation, error) {
	return db.All(ctx, tx, scan, `SELECT `+columns+` FROM obligations WHERE root_kind = $1 AND root_id = $2 ORDER BY due, id`, root.Kind, root.ID)
}

func ofRoots(ctx context.Context, tx *db.Tx, rootKind string, roots []ref.ID, kind string) ([]Obligation, error) {
	return db.All(ctx, tx, scan, `SELECT `+columns+` FROM obligations WHERE root_kind = $1 AND kind = $2 AND root_id IN `+db.In(3, len(roots))+` ORDER BY id`,
		db.Args([]any{rootKind, kind}, roots)...)
}

// deleteOfRoots removes what ofRoots gives, with its reminders.
func deleteOfRoots(ctx context.Context, tx *db.Tx, rootKind string, roots []ref.ID, kind string) error {
	where := `WHERE root_kind = $1 AND kind = $2 AND root_id IN ` + db.In(3, len(roots))
	args := db.Args([]any{rootKind, kind}, roots)
	if _, err := tx.Exec(ctx, `DELETE FROM obligation_reminders WHERE obligation_id IN (SELECT id FROM obligations `+where+`)`, args...); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `DELETE FROM obligations `+where, args...)
	return err
}

// told reads of the obligations of a root what its page tells: not what they are
// about and where, which is the page itself, and not how they came about.
func told(ctx context.Context, tx *db.Tx, root ref.Ref) ([]Obligation, error) {
	return db.All(ctx, tx, func(r db.Row) (o Obligation, err error) {
		err = r.Scan(&o.ID, &o.Kind, &o.What, &o.WhatKey, db.AsJSON(&o.WhatArgs), &o.Ground, db.AsJSON(&o.Owner), &o.Since, &o.Due,
			&o.ExtendedOn, &o.RepliedOn, &o.Reply, &o.Outcome, &o.OutcomeOn, &o.DisputedOn, &o.ShownToAll)
		return o, err
	}, `SELECT id, kind, what, what_key, what_args, ground, owner, since, due, extended_on, replied_on, reply, outcome, outcome_on,
			disputed_on, public FROM obligations WHERE root_kind = $1 AND root_id = $2 ORDER BY due, id`, root.Kind, root.ID)
}

func owedBy(ctx context.Context, tx *db.Tx, owner ref.Ref) ([]Obligation, error) {
	return db.All(ctx, tx, scan, `SELECT `+columns+` FROM obligations WHERE owner_kind = $1 AND owner_id = $2 ORDER BY due, id`, owner.Kind, owner.ID)
}

// Filter narrows the public list. Zero values ask for everything.
type Filter struct {
	Owner  ref.ID
	Ground Ground
	State  State
	Kind   string
	// Places are the place asked for and all places within it.
	Places []ref.ID
	// Root is the thing on whose page the obligations are told.
	Root ref.ID
	// From and Until bound the due date, both days included.
	From, Until db.Date
}

// where is the condition of the public list; $1 is always today.
func (f Filter) where(today db.Date) (string, []any) {
	conds, args := []string{"public"}, []any{today}
	and := func(cond string, v any) {
		args = append(args, v)
		conds = append(conds, fmt.Sprintf(cond, len(args)))
	}
	if f.Owner != 0 {
		and("owner_id = $%d", f.Owner)
	}
	if f.Root != 0 {
		and("root_id = $%d", f.Root)
	}
	if f.Ground != "" {
		and("ground = $%d", string(f.Ground))
	}
	if f.Kind != "" {
		and("kind = $%d", f.Kind)
	}
	if !f.From.IsZero() {
		and("due >= $%d", f.From)
	}
	if !f.Until.IsZero() {
		and("due <= $%d", f.Until)
	}
	if f.State == AnyOverdue {
		and("due < $1 AND outcome = $%d", "")
	} else if f.State != "" {
		and(stateSQL+" = $%d", string(f.State))
	}
	if len(f.Places) > 0 {
		conds = append(conds, "place_id IN "+db.In(len(args)+1, len(f.Places)))
		args = db.Args(args, f.Places)
	}
	// The day is named also when no condition asks for the state.
	return "CAST($1 AS DATE) IS NOT NULL AND " + strings.Join(conds, " AND "), args
}

// list gives one page of the public list: what still runs first, by due date.
func list(ctx context.Context, tx *db.Tx, f Filter, today db.Date, limit, offset int) ([]Obligation, error) {
	where, args := f.where(today)
	n := len(args)
	return db.All(ctx, tx, scan, fmt.Sprintf(`SELECT `+columns+` FROM obligations WHERE `+where+`
		ORDER BY CASE WHEN outcome = '' THEN 0 ELSE 1 END, due, id LIMIT $%d OFFSET $%d`, n+1, n+2), append(args, limit, offset)...)
}

// after gives the next rows of the public list by id, for exports that stream.
func after(ctx context.Context, tx *db.Tx, f Filter, today db.Date, last ref.ID, limit int) ([]Obligation, error) {
	where, args := f.where(today)
	n := len(args)
	return db.All(ctx, tx, scan, fmt.Sprintf(`SELECT `+columns+` FROM obligations WHERE `+where+`
		AND id > $%d ORDER BY id LIMIT $%d`, n+1, n+2), append(args, int64(last), limit)...)
}

// latest gives the obligations made last, for the feed.
func latest(ctx context.Context, tx *db.Tx, f Filter, today db.Date, limit int) ([]Obligation, error) {
	where, args := f.where(today)
	return db.All(ctx, tx, scan, fmt.Sprintf(`SELECT `+columns+` FROM obligations WHERE `+where+`
		ORDER BY id DESC LIMIT $%d`, len(args)+1), append(args, limit)...)
}

// tally is one line of a count.
type tally struct {
	owner  ref.Ref
	ground Ground
	state  State
	n      int64
}

// tallies counts the public list by ground and state.
func tallies(ctx context.Context, tx *db.Tx, f Filter, today db.Date) ([]tally, error) {
	where, args := f.where(today)
	return db.All(ctx, tx, func(r db.Row) (t tally, err error) {
		err = r.Scan(&t.ground, &t.state, &t.n)
		return t, err
	}, `SELECT ground, state, count(*) FROM (SELECT ground, `+stateSQL+` AS state FROM obligations WHERE `+where+`) AS s
		GROUP BY ground, state`, args...)
}

// nameOwners gives each body the title and address that its obligations carry.
func nameOwners(ctx context.Context, tx *db.Tx, page []Body) error {
	if len(page) == 0 {
		return nil
	}
	ids := make([]ref.ID, len(page))
	for i, b := range page {
		ids[i] = b.Owner.ID
	}
	owners, err := db.All(ctx, tx, func(r db.Row) (o ref.Ref, err error) {
		err = r.Scan(db.AsJSON(&o))
		return o, err
	}, `SELECT owner FROM obligations WHERE id IN (SELECT max(id) FROM obligations
		WHERE owner_id IN `+db.In(1, len(ids))+` GROUP BY owner_kind, owner_id)`, db.Args(nil, ids)...)
	for _, o := range owners {
		for i := range page {
			if page[i].Owner.Kind == o.Kind && page[i].Owner.ID == o.ID {
				page[i].Owner = o
			}
		}
	}
	return err
}

// bodies counts the public list by the one who owes, ground and state.
func bodies(ctx context.Context, tx *db.Tx, f Filter, today db.Date) ([]tally, error) {
	where, args := f.where(today)
	return db.All(ctx, tx, func(r db.Row) (t tally, err error) {
		err = r.Scan(&t.owner.Kind, &t.owner.ID, &t.ground, &t.state, &t.n)
		return t, err
	}, `SELECT owner_kind, owner_id, ground, state, count(*) FROM (
			SELECT owner_kind, owner_id, ground, `+stateSQL+` AS state FROM obligations WHERE `+where+`) AS s
		GROUP BY owner_kind, owner_id, ground, state ORDER BY owner_id, ground, state`, args...)
}

// runningOf gives what runs and is due before a day, by a column of one side.
func runningOf(ctx context.Context, tx *db.Tx, side string, ids []ref.ID, before db.Date, limit int) ([]Obligation, error) {
	return db.All(ctx, tx, scan, `SELECT `+columns+` FROM obligations WHERE outcome = '' AND due < $1 AND `+side+` IN `+db.In(3, len(ids))+`
		ORDER BY due, id LIMIT $2`, db.Args([]any{before, limit}, ids)...)
}

// running gives the obligations whose term may still be moved, by id.
func running(ctx context.Context, tx *db.Tx, last ref.ID, limit int) ([]Obligation, error) {
	return db.All(ctx, tx, scan, `SELECT `+columns+` FROM obligations
		WHERE outcome = '' AND extended_on IS NULL AND id > $1 ORDER BY id LIMIT $2`, int64(last), limit)
}

func putReminders(ctx context.Context, tx *db.Tx, id ref.ID, days []db.Date) error {
	if err := dropReminders(ctx, tx, id); err != nil {
		return err
	}
	for _, day := range days {
		if _, err := tx.Exec(ctx, `INSERT INTO obligation_reminders (obligation_id, on_day) VALUES ($1, $2)
			ON CONFLICT (obligation_id, on_day) DO UPDATE SET sent_at = NULL`, id, day); err != nil {
			return err
		}
	}
	return nil
}

// dropReminders forgets the reminders that were not yet sent.
func dropReminders(ctx context.Context, tx *db.Tx, id ref.ID) error {
	_, err := tx.Exec(ctx, `DELETE FROM obligation_reminders WHERE obligation_id = $1 AND sent_at IS NULL`, id)
	return err
}

// dueReminders gives the obligations whose owner is to be reminded by today.
func dueReminders(ctx context.Context, tx *db.Tx, today db.Date, limit int) ([]Obligation, error) {
	return db.All(ctx, tx, scan, `SELECT `+columns+` FROM obligations WHERE outcome = '' AND id IN (
		SELECT obligation_id FROM obligation_reminders WHERE sent_at IS NULL AND on_day <= $1) ORDER BY id LIMIT $2`, today, limit)
}

func markReminded(ctx context.Context, tx *db.Tx, id ref.ID, today db.Date) error {
	_, err := tx.Exec(ctx, `UPDATE obligation_reminders SET sent_at = $1 WHERE obligation_id = $2 AND on_day <= $3 AND sent_at IS NULL`,
		db.At(tx.Now()), id, today)
	return err
}
