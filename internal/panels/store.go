package panels

import (
	"context"
	"slices"

	"birge/internal/platform/db"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

const expertColumns = `id, version, person_id, place_id, employer_id, spheres, langs, most, paused_on, joined_on, sample`

func scanExpert(r db.Row) (e Expert, err error) {
	err = r.Scan(&e.ID, &e.Version, &e.PersonID, &e.PlaceID, &e.EmployerID, db.AsJSON(&e.Spheres), db.AsJSON(&e.Langs), &e.Most,
		&e.PausedOn, &e.JoinedOn, &e.Sample)
	return e, err
}

func insertExpert(ctx context.Context, tx *db.Tx, e Expert) error {
	_, err := tx.Exec(ctx, `INSERT INTO panel_experts (`+expertColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)`,
		e.ID, e.Version, e.PersonID, e.PlaceID, e.EmployerID, db.AsJSON(&e.Spheres), db.AsJSON(&e.Langs), e.Most, e.PausedOn, e.JoinedOn, e.Sample)
	if db.IsDuplicate(err) {
		err = problem.New(problem.Conflict, "problem.changed_meanwhile")
	}
	return err
}

func updateExpert(ctx context.Context, tx *db.Tx, e Expert) error {
	return tx.ExecOne(ctx, `UPDATE panel_experts SET version = version + 1, person_id = $1, place_id = $2, employer_id = $3, spheres = $4,
		langs = $5, most = $6, paused_on = $7 WHERE id = $8 AND version = $9`,
		e.PersonID, e.PlaceID, e.EmployerID, db.AsJSON(&e.Spheres), db.AsJSON(&e.Langs), e.Most, e.PausedOn, e.ID, e.Version)
}

func expertByID(ctx context.Context, tx *db.Tx, id ref.ID) (Expert, error) {
	return db.One(ctx, tx, scanExpert, `SELECT `+expertColumns+` FROM panel_experts WHERE id = $1`, id)
}

func expertOf(ctx context.Context, tx *db.Tx, person ref.ID) (Expert, bool, error) {
	return db.Maybe(ctx, tx, scanExpert, `SELECT `+expertColumns+` FROM panel_experts WHERE person_id = $1`, person)
}

// step is how many ids one query takes.
const step = 500

func expertsOf(ctx context.Context, tx *db.Tx, persons []ref.ID) (out []Expert, err error) {
	for some := range slices.Chunk(persons, step) {
		rows, err := db.All(ctx, tx, scanExpert, `SELECT `+expertColumns+` FROM panel_experts WHERE person_id IN `+db.In(1, len(some))+` ORDER BY id`,
			db.Args(nil, some)...)
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	return out, nil
}

func expertsByID(ctx context.Context, tx *db.Tx, ids []ref.ID) (map[ref.ID]Expert, error) {
	out := make(map[ref.ID]Expert, len(ids))
	for some := range slices.Chunk(ids, step) {
		rows, err := db.All(ctx, tx, scanExpert, `SELECT `+expertColumns+` FROM panel_experts WHERE id IN `+db.In(1, len(some)), db.Args(nil, some)...)
		if err != nil {
			return nil, err
		}
		for _, e := range rows {
			out[e.ID] = e
		}
	}
	return out, nil
}

const conflictColumns = `id, version, expert_id, org_id, ground, declared_at, ended_at`

func scanConflict(r db.Row) (c Conflict, err error) {
	err = r.Scan(&c.ID, &c.Version, &c.ExpertID, &c.OrgID, &c.Ground, &c.DeclaredAt, &c.EndedAt)
	return c, err
}

func insertConflict(ctx context.Context, tx *db.Tx, c Conflict) error {
	_, err := tx.Exec(ctx, `INSERT INTO panel_conflicts (`+conflictColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7)`,
		c.ID, c.Version, c.ExpertID, c.OrgID, string(c.Ground), c.DeclaredAt, c.EndedAt)
	return err
}

func endConflict(ctx context.Context, tx *db.Tx, c Conflict) error {
	return tx.ExecOne(ctx, `UPDATE panel_conflicts SET version = version + 1, ended_at = $1 WHERE id = $2 AND version = $3`, c.EndedAt, c.ID, c.Version)
}

func conflictByID(ctx context.Context, tx *db.Tx, id ref.ID) (Conflict, error) {
	return db.One(ctx, tx, scanConflict, `SELECT `+conflictColumns+` FROM panel_conflicts WHERE id = $1`, id)
}

// conflictsOf lists what an expert declared, with what has ended when all is true.
func conflictsOf(ctx context.Context, tx *db.Tx, expert ref.ID, all bool) ([]Conflict, error) {
	return db.All(ctx, tx, scanConflict, `SELECT `+conflictColumns+` FROM panel_conflicts WHERE expert_id = $1 AND (ended_at IS NULL OR $2) ORDER BY id`, expert, all)
}

func dropConflicts(ctx context.Context, tx *db.Tx, expert ref.ID) error {
	_, err := tx.Exec(ctx, `DELETE FROM panel_conflicts WHERE expert_id = $1`, expert)
	return err
}

const panelColumns = `id, version, subject, title, funder_id, place_id, criteria, per_work, spread, blind, names, due, norms_on, opened_at, lot,
	revealed_at, reveal_note, decided_at, cancelled_at, cancel_reason, sample`

func scanPanel(r db.Row) (p Panel, err error) {
	err = r.Scan(&p.ID, &p.Version, db.AsJSON(&p.Subject), &p.Title, &p.FunderID, &p.PlaceID, db.AsJSON(&p.Criteria), &p.PerWork, &p.Spread,
		&p.Blind, &p.Names, &p.Due, &p.NormsOn, &p.OpenedAt, db.AsJSON(&p.Lot), &p.RevealedAt, &p.RevealNote, &p.DecidedAt, &p.CancelledAt,
		&p.CancelReason, &p.Sample)
	return p, err
}

func insertPanel(ctx context.Context, tx *db.Tx, p Panel) error {
	_, err := tx.Exec(ctx, `INSERT INTO panels (`+panelColumns+`, subject_kind, subject_id)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22,$23)`,
		p.ID, p.Version, db.AsJSON(&p.Subject), p.Title, p.FunderID, p.PlaceID, db.AsJSON(&p.Criteria), p.PerWork, p.Spread, p.Blind,
		string(p.Names), p.Due, p.NormsOn, p.OpenedAt, db.AsJSON(&p.Lot), p.RevealedAt, p.RevealNote, p.DecidedAt, p.CancelledAt, p.CancelReason,
		p.Sample, p.Subject.Kind, p.Subject.ID)
	return err
}

// updatePanel writes what changes in the life of a panel.
func updatePanel(ctx context.Context, tx *db.Tx, p Panel) error {
	return tx.ExecOne(ctx, `UPDATE panels SET version = version + 1, lot = $1, revealed_at = $2, reveal_note = $3, decided_at = $4,
		cancelled_at = $5, cancel_reason = $6 WHERE id = $7 AND version = $8`,
		db.AsJSON(&p.Lot), p.RevealedAt, p.RevealNote, p.DecidedAt, p.CancelledAt, p.CancelReason, p.ID, p.Version)
}

func panelByID(ctx context.Context, tx *db.Tx, id ref.ID) (Panel, error) {
	return db.One(ctx, tx, scanPanel, `SELECT `+panelColumns+` FROM panels WHERE id = $1`, id)
}

func panelsOf(ctx context.Context, tx *db.Tx, subject ref.Ref) ([]Panel, error) {
	return db.All(ctx, tx, scanPanel, `SELECT `+panelColumns+` FROM panels WHERE subject_kind = $1 AND subject_id = $2 ORDER BY id`, subject.Kind, subject.ID)
}

const workColumns = `id, version, panel_id, no, ref, orgs, spheres, langs, added_at, withdrawn_at`

func scanWork(r db.Row) (w PanelWork, err error) {
	err = r.Scan(&w.ID, &w.Version, &w.PanelID, &w.Work.No, db.AsJSON(&w.Work.Ref), db.AsJSON(&w.Work.Orgs), db.AsJSON(&w.Work.Spheres), db.AsJSON(&w.Work.Langs),
		&w.AddedAt, &w.WithdrawnAt)
	return w, err
}

func insertWorks(ctx context.Context, tx *db.Tx, works []PanelWork) error {
	rows := make([][]any, len(works))
	for i := range works {
		w := &works[i]
		rows[i] = []any{w.ID, w.Version, w.PanelID, w.Work.No, db.AsJSON(&w.Work.Ref), db.AsJSON(&w.Work.Orgs), db.AsJSON(&w.Work.Spheres), db.AsJSON(&w.Work.Langs),
			w.AddedAt, w.WithdrawnAt, w.Work.Ref.Kind, w.Work.Ref.ID}
	}
	err := db.InsertMany(ctx, tx, `INSERT INTO panel_works (`+workColumns+`, ref_kind, ref_id)`, rows)
	if db.IsDuplicate(err) {
		err = problem.New(problem.Conflict, "panels.work_there")
	}
	return err
}

func withdrawWork(ctx context.Context, tx *db.Tx, w PanelWork) error {
	return tx.ExecOne(ctx, `UPDATE panel_works SET version = version + 1, withdrawn_at = $1 WHERE id = $2 AND version = $3`, w.WithdrawnAt, w.ID, w.Version)
}

func worksOf(ctx context.Context, tx *db.Tx, panel ref.ID) ([]PanelWork, error) {
	return db.All(ctx, tx, scanWork, `SELECT `+workColumns+` FROM panel_works WHERE panel_id = $1 ORDER BY no`, panel)
}

func workByID(ctx context.Context, tx *db.Tx, id ref.ID) (PanelWork, error) {
	return db.One(ctx, tx, scanWork, `SELECT `+workColumns+` FROM panel_works WHERE id = $1`, id)
}

func workOf(ctx context.Context, tx *db.Tx, panel ref.ID, work ref.Ref) (PanelWork, error) {
	return db.One(ctx, tx, scanWork, `SELECT `+workColumns+` FROM panel_works WHERE panel_id = $1 AND ref_kind = $2 AND ref_id = $3`, panel, work.Kind, work.ID)
}

const seatColumns = `id, version, panel_id, expert_id, no, joined_at`

func scanSeat(r db.Row) (s Seat, err error) {
	err = r.Scan(&s.ID, &s.Version, &s.PanelID, &s.ExpertID, &s.No, &s.JoinedAt)
	return s, err
}

func insertSeats(ctx context.Context, tx *db.Tx, seats []Seat) error {
	rows := make([][]any, len(seats))
	for i, s := range seats {
		rows[i] = []any{s.ID, s.Version, s.PanelID, s.ExpertID, s.No, s.JoinedAt}
	}
	return db.InsertMany(ctx, tx, `INSERT INTO panel_seats (`+seatColumns+`)`, rows)
}

func seatsOf(ctx context.Context, tx *db.Tx, panel ref.ID) ([]Seat, error) {
	return db.All(ctx, tx, scanSeat, `SELECT `+seatColumns+` FROM panel_seats WHERE panel_id = $1 ORDER BY no`, panel)
}

func insertDraw(ctx context.Context, tx *db.Tx, d Drawn) error {
	_, err := tx.Exec(ctx, `INSERT INTO panel_draws (id, version, panel_id, salt, lists) VALUES ($1,$2,$3,$4,$5)`,
		d.ID, d.Version, d.PanelID, d.Salt, db.AsJSON(&d.Lists))
	return err
}

const drawColumns = `id, version, panel_id, salt, lists`

func scanDraw(r db.Row) (d Drawn, err error) {
	err = r.Scan(&d.ID, &d.Version, &d.PanelID, &d.Salt, db.AsJSON(&d.Lists))
	return d, err
}

func drawOf(ctx context.Context, tx *db.Tx, panel ref.ID) (Drawn, error) {
	return db.One(ctx, tx, scanDraw, `SELECT `+drawColumns+` FROM panel_draws WHERE panel_id = $1`, panel)
}

const stepColumns = `id, version, panel_id, no, at, step`

func scanStep(r db.Row) (s TakenStep, err error) {
	err = r.Scan(&s.ID, &s.Version, &s.PanelID, &s.No, &s.At, db.AsJSON(&s.DrawStep))
	return s, err
}

func insertStep(ctx context.Context, tx *db.Tx, s TakenStep) error {
	_, err := tx.Exec(ctx, `INSERT INTO panel_steps (`+stepColumns+`) VALUES ($1,$2,$3,$4,$5,$6)`, s.ID, s.Version, s.PanelID, s.No, s.At, db.AsJSON(&s.DrawStep))
	return err
}

func stepsOf(ctx context.Context, tx *db.Tx, panel ref.ID) ([]TakenStep, error) {
	return db.All(ctx, tx, scanStep, `SELECT `+stepColumns+` FROM panel_steps WHERE panel_id = $1 ORDER BY no`, panel)
}

const assignmentColumns = `id, version, panel_id, work_id, seat_id, expert_id, outside, why, drawn_at, due, declared_at, submitted_at, scores, left_at, left_why, left_note, total`

func scanAssignment(r db.Row) (a Assignment, err error) {
	err = r.Scan(&a.ID, &a.Version, &a.PanelID, &a.WorkID, &a.SeatID, &a.ExpertID, &a.Outside, &a.Why, &a.DrawnAt, &a.Due, &a.DeclaredAt,
		&a.SubmittedAt, db.AsJSON(&a.Scores), &a.LeftAt, &a.LeftWhy, &a.LeftNote, &a.total)
	return a, err
}

func insertAssignments(ctx context.Context, tx *db.Tx, list []Assignment) error {
	rows := make([][]any, len(list))
	for i := range list {
		a := &list[i]
		rows[i] = []any{a.ID, a.Version, a.PanelID, a.WorkID, a.SeatID, a.ExpertID, a.Outside, a.Why, a.DrawnAt, a.Due, a.DeclaredAt, a.SubmittedAt,
			db.AsJSON(&a.Scores), a.LeftAt, a.LeftWhy, a.LeftNote, a.total}
	}
	return db.InsertMany(ctx, tx, `INSERT INTO panel_assignments (`+assignmentColumns+`)`, rows)
}

func updateAssignment(ctx context.Context, tx *db.Tx, a Assignment) error {
	return tx.ExecOne(ctx, `UPDATE panel_assignments SET version = version + 1, declared_at = $1, submitted_at = $2, scores = $3, left_at = $4,
		left_why = $5, left_note = $6, total = $7 WHERE id = $8 AND version = $9`,
		a.DeclaredAt, a.SubmittedAt, db.AsJSON(&a.Scores), a.LeftAt, a.LeftWhy, a.LeftNote, a.total, a.ID, a.Version)
}

func assignmentByID(ctx context.Context, tx *db.Tx, id ref.ID) (Assignment, error) {
	return db.One(ctx, tx, scanAssignment, `SELECT `+assignmentColumns+` FROM panel_assignments WHERE id = $1`, id)
}

func assignmentsOf(ctx context.Context, tx *db.Tx, panel ref.ID) ([]Assignment, error) {
	return db.All(ctx, tx, scanAssignment, `SELECT `+assignmentColumns+` FROM panel_assignments WHERE panel_id = $1 ORDER BY work_id, id`, panel)
}

func assignmentsOfWork(ctx context.Context, tx *db.Tx, work ref.ID) ([]Assignment, error) {
	return db.All(ctx, tx, scanAssignment, `SELECT `+assignmentColumns+` FROM panel_assignments WHERE work_id = $1 ORDER BY id`, work)
}

// assignmentsOfExpert lists the assignments of an expert in panels that go on,
// those that are due first; with a panel only those of it.
func assignmentsOfExpert(ctx context.Context, tx *db.Tx, expert, panel ref.ID) ([]Assignment, error) {
	return db.All(ctx, tx, scanAssignment, `SELECT `+assignmentColumns+` FROM panel_assignments WHERE expert_id = $1
		AND (CAST($2 AS BIGINT) = 0 OR panel_id = $2) ORDER BY due, id`, expert, int64(panel))
}

// loads counts for each expert the works that wait to be marked.
func loads(ctx context.Context, tx *db.Tx) (map[ref.ID]int, error) {
	type load struct {
		expert ref.ID
		n      int
	}
	rows, err := db.All(ctx, tx, func(r db.Row) (l load, err error) {
		err = r.Scan(&l.expert, &l.n)
		return l, err
	}, `SELECT a.expert_id, count(*) FROM panel_assignments a JOIN panels p ON p.id = a.panel_id
		WHERE a.submitted_at IS NULL AND a.left_at IS NULL AND p.cancelled_at IS NULL AND p.revealed_at IS NULL GROUP BY a.expert_id`)
	out := make(map[ref.ID]int, len(rows))
	for _, l := range rows {
		out[l.expert] = l.n
	}
	return out, err
}

type draft struct {
	Score
	savedAt db.Time
}

func draftsOf(ctx context.Context, tx *db.Tx, assignment ref.ID) ([]draft, error) {
	return db.All(ctx, tx, func(r db.Row) (d draft, err error) {
		err = r.Scan(&d.Code, &d.Points, &d.Comment, &d.savedAt)
		return d, err
	}, `SELECT code, points, comment, saved_at FROM panel_drafts WHERE assignment_id = $1 ORDER BY code`, assignment)
}

func saveDraft(ctx context.Context, tx *db.Tx, assignment ref.ID, s Score, now db.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO panel_drafts (assignment_id, code, points, comment, saved_at) VALUES ($1,$2,$3,$4,$5)
		ON CONFLICT (assignment_id, code) DO UPDATE SET points = excluded.points, comment = excluded.comment, saved_at = excluded.saved_at`,
		assignment, s.Code, s.Points, s.Comment, now)
	return err
}

func dropDrafts(ctx context.Context, tx *db.Tx, assignment ref.ID) error {
	_, err := tx.Exec(ctx, `DELETE FROM panel_drafts WHERE assignment_id = $1`, assignment)
	return err
}

// draftsBegun tells for which assignments of a panel or of an expert something is
// written.
func draftsBegun(ctx context.Context, tx *db.Tx, expert ref.ID) (map[ref.ID]int, error) {
	type begun struct {
		id ref.ID
		n  int
	}
	rows, err := db.All(ctx, tx, func(r db.Row) (b begun, err error) {
		err = r.Scan(&b.id, &b.n)
		return b, err
	}, `SELECT d.assignment_id, count(*) FROM panel_drafts d JOIN panel_assignments a ON a.id = d.assignment_id
		WHERE a.expert_id = $1 AND d.points >= 0 GROUP BY d.assignment_id`, expert)
	out := make(map[ref.ID]int, len(rows))
	for _, b := range rows {
		out[b.id] = b.n
	}
	return out, err
}

func latestPanels(ctx context.Context, tx *db.Tx, limit int) ([]Panel, error) {
	return db.All(ctx, tx, scanPanel, `SELECT `+panelColumns+` FROM panels ORDER BY id DESC LIMIT $1`, limit)
}

// openPanels lists panels that are not revealed yet, the latest first.
func openPanels(ctx context.Context, tx *db.Tx, limit int) ([]Panel, error) {
	return db.All(ctx, tx, scanPanel, `SELECT `+panelColumns+` FROM panels WHERE revealed_at IS NULL AND cancelled_at IS NULL ORDER BY id DESC LIMIT $1`, limit)
}

// allIn tells that no marks of a panel wait, and when the last one came.
func allIn(ctx context.Context, tx *db.Tx, panel ref.ID) (ready bool, last db.Time, err error) {
	var waits, in int
	_, err = db.One(ctx, tx, func(r db.Row) (bool, error) { return true, r.Scan(&waits, &in, &last) },
		`SELECT count(CASE WHEN submitted_at IS NULL THEN 1 END), count(submitted_at), max(submitted_at) FROM panel_assignments
			WHERE panel_id = $1 AND left_at IS NULL`, panel)
	return waits == 0 && in > 0, last, err
}

// PlacesInUse tells for which places panels judge or experts stand.
func PlacesInUse(ctx context.Context, tx *db.Tx, ids []ref.ID) (map[ref.ID]bool, error) {
	return named(ctx, tx, ids, func(in string) string {
		return `SELECT place_id FROM panels WHERE place_id IN ` + in + ` UNION SELECT place_id FROM panel_experts WHERE place_id IN ` + in +
			` UNION SELECT place_id FROM panel_bodies WHERE place_id IN ` + in
	})
}

// OrgsInUse tells which organizations panels and experts name.
func OrgsInUse(ctx context.Context, tx *db.Tx, ids []ref.ID) (map[ref.ID]bool, error) {
	return named(ctx, tx, ids, func(in string) string {
		return `SELECT funder_id FROM panels WHERE funder_id IN ` + in + ` UNION SELECT employer_id FROM panel_experts WHERE employer_id IN ` + in +
			` UNION SELECT org_id FROM panel_conflicts WHERE org_id IN ` + in +
			` UNION SELECT owner_id FROM panel_bodies WHERE owner_id IN ` + in + ` UNION SELECT org_id FROM panel_members WHERE org_id IN ` + in
	})
}

func named(ctx context.Context, tx *db.Tx, ids []ref.ID, query func(in string) string) (map[ref.ID]bool, error) {
	used := map[ref.ID]bool{}
	for some := range slices.Chunk(ids, step) {
		found, err := db.All(ctx, tx, db.Value[ref.ID], query(db.In(1, len(some))), db.Args(nil, some)...)
		if err != nil {
			return nil, err
		}
		for _, id := range found {
			used[id] = true
		}
	}
	return used, nil
}
