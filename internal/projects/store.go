package projects

import (
	"context"

	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

const programmeColumns = `id, title, funder_id, place_id, from_year, to_year, sample, version`

func scanProgramme(r db.Row) (p Programme, err error) {
	err = r.Scan(&p.ID, &p.Title, &p.FunderID, &p.PlaceID, &p.From, &p.To, &p.Sample, &p.Version)
	return p, err
}

func insertProgramme(ctx context.Context, tx *db.Tx, p Programme) error {
	_, err := tx.Exec(ctx, `INSERT INTO programmes (`+programmeColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8)`,
		p.ID, p.Title, p.FunderID, p.PlaceID, p.From, p.To, p.Sample, p.Version)
	return err
}

func allProgrammes(ctx context.Context, tx *db.Tx) ([]Programme, error) {
	return db.All(ctx, tx, scanProgramme, `SELECT `+programmeColumns+` FROM programmes ORDER BY from_year DESC, id`)
}

func programmeByID(ctx context.Context, tx *db.Tx, id ref.ID) (Programme, error) {
	return db.One(ctx, tx, scanProgramme, `SELECT `+programmeColumns+` FROM programmes WHERE id = $1`, id)
}

// The columns of a project that are written once, and those that change.
const (
	madeColumns   = `id, org_id, norms_on, import_id, import_row, sample, created_at`
	changeColumns = `funder_id, programme_id, title, summary, need, place_id, more_places, sphere, more_spheres,
		target_groups, beneficiaries, for_children, at_risk, rural, sdgs, starts, ends, funding_kind, sum, currency,
		years, tranches, lines, indicators, partners, agreement_no, agreed_on, rhythm, report_days, schedule,
		cancelled_on, terminated_on, closed_on, end_reason, spent, accepted, amendments, documents, media, hidden, version`
	projectColumns = madeColumns + `, ` + changeColumns
)

func scanProject(r db.Row) (p Project, err error) {
	err = r.Scan(&p.ID, &p.OrgID, &p.NormsOn, &p.ImportID, &p.ImportRow, &p.Sample, &p.CreatedAt,
		&p.FunderID, &p.Programme, &p.Title, &p.Summary, &p.Need, &p.PlaceID, db.AsJSON(&p.MorePlaces), &p.Sphere, db.AsJSON(&p.MoreSpheres),
		db.AsJSON(&p.TargetGroups), &p.Beneficiaries, &p.ForChildren, &p.AtRisk, &p.Rural, db.AsJSON(&p.SDGs), &p.Starts, &p.Ends, &p.FundingKind, &p.Sum, &p.Currency,
		db.AsJSON(&p.Years), db.AsJSON(&p.Tranches), db.AsJSON(&p.Lines), db.AsJSON(&p.Indicators), db.AsJSON(&p.Partners), &p.Number, &p.AgreedOn, &p.Rhythm, &p.Days, db.AsJSON(&p.Schedule),
		&p.CancelledOn, &p.TerminatedOn, &p.ClosedOn, &p.EndReason, &p.Spent, &p.Accepted, &p.Amendments, db.AsJSON(&p.Documents), db.AsJSON(&p.Media), &p.Hidden, &p.Version)
	return p, err
}

func (p *Project) changing() []any {
	return []any{
		p.FunderID, p.Programme, p.Title, p.Summary, p.Need, p.PlaceID, db.AsJSON(&p.MorePlaces), p.Sphere, db.AsJSON(&p.MoreSpheres),
		db.AsJSON(&p.TargetGroups), p.Beneficiaries, p.ForChildren, p.AtRisk, p.Rural, db.AsJSON(&p.SDGs), p.Starts, p.Ends, p.FundingKind, p.Sum, p.Currency,
		db.AsJSON(&p.Years), db.AsJSON(&p.Tranches), db.AsJSON(&p.Lines), db.AsJSON(&p.Indicators), db.AsJSON(&p.Partners), p.Number, p.AgreedOn, string(p.Rhythm), p.Days, db.AsJSON(&p.Schedule),
		p.CancelledOn, p.TerminatedOn, p.ClosedOn, p.EndReason, p.Spent, p.Accepted, p.Amendments, db.AsJSON(&p.Documents), db.AsJSON(&p.Media), p.Hidden, p.Version,
	}
}

// row is a project in the order of projectColumns.
func (p *Project) row() []any {
	return append([]any{p.ID, p.OrgID, p.NormsOn, p.ImportID, p.ImportRow, p.Sample, p.CreatedAt}, p.changing()...)
}

func insertProject(ctx context.Context, tx *db.Tx, p Project) error {
	_, err := tx.Exec(ctx, `INSERT INTO projects (`+projectColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,
		$17,$18,$19,$20,$21,$22,$23,$24,$25,$26,$27,$28,$29,$30,$31,$32,$33,$34,$35,$36,$37,$38,$39,$40,$41,$42,$43,$44,$45,$46,$47,$48)`,
		p.row()...)
	return err
}

// updateProject stores p, whose version is already the new one; it fails with a
// Conflict when the row changed since p was read.
func updateProject(ctx context.Context, tx *db.Tx, p Project) error {
	return tx.ExecOne(ctx, `UPDATE projects SET (`+changeColumns+`) = ($3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,
		$17,$18,$19,$20,$21,$22,$23,$24,$25,$26,$27,$28,$29,$30,$31,$32,$33,$34,$35,$36,$37,$38,$39,$40,$41,$42,$43)
		WHERE id = $1 AND version = $2`, append([]any{p.ID, p.Version - 1}, p.changing()...)...)
}

func projectByID(ctx context.Context, tx *db.Tx, id ref.ID) (Project, error) {
	return db.One(ctx, tx, scanProject, `SELECT `+projectColumns+` FROM projects WHERE id = $1`, id)
}

func projectsByIDs(ctx context.Context, tx *db.Tx, ids []ref.ID) ([]Project, error) {
	return db.All(ctx, tx, scanProject, `SELECT `+projectColumns+` FROM projects WHERE id IN `+db.In(1, len(ids)), db.Args(nil, ids)...)
}

// projectsAfter gives the next visible projects by id.
func projectsAfter(ctx context.Context, tx *db.Tx, last ref.ID, limit int) ([]Project, error) {
	return db.All(ctx, tx, scanProject, `SELECT `+projectColumns+` FROM projects
		WHERE id > $1 AND hidden = FALSE ORDER BY id LIMIT $2`, int64(last), limit)
}

func projectsOfOrg(ctx context.Context, tx *db.Tx, org ref.ID) ([]Project, error) {
	return db.All(ctx, tx, scanProject, `SELECT `+projectColumns+` FROM projects
		WHERE (org_id = $1 OR funder_id = $1) AND hidden = FALSE ORDER BY id DESC`, org)
}

// putYears writes the money of a project by year anew.
func putYears(ctx context.Context, tx *db.Tx, project ref.ID, years []YearMoney) error {
	if _, err := tx.Exec(ctx, `DELETE FROM project_years WHERE project_id = $1`, project); err != nil {
		return err
	}
	for _, y := range years {
		if _, err := tx.Exec(ctx, `INSERT INTO project_years (project_id, year, planned, paid, accepted) VALUES ($1,$2,$3,$4,$5)`,
			project, y.Year, y.Planned, y.Paid, y.Accepted); err != nil {
			return err
		}
	}
	return nil
}

const eventColumns = `id, project_id, title, about, place_id, address, on_day, hour, open, closed, announced_on,
	cancelled_on, confirmed_on, held_on, headcount, method, note, files, hidden, version`

func scanEvent(r db.Row) (e Event, err error) {
	err = r.Scan(&e.ID, &e.ProjectID, &e.Title, &e.About, &e.PlaceID, &e.Address, &e.On, &e.Hour, &e.Open, &e.Closed, &e.AnnouncedOn,
		&e.CancelledOn, &e.ConfirmedOn, &e.HeldOn, &e.Headcount, &e.Method, &e.Note, db.AsJSON(&e.Files), &e.Hidden, &e.Version)
	return e, err
}

func insertEvent(ctx context.Context, tx *db.Tx, e Event) error {
	_, err := tx.Exec(ctx, `INSERT INTO project_events (`+eventColumns+`)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20)`,
		e.ID, e.ProjectID, e.Title, e.About, e.PlaceID, e.Address, e.On, e.Hour, e.Open, e.Closed, e.AnnouncedOn,
		e.CancelledOn, e.ConfirmedOn, e.HeldOn, e.Headcount, string(e.Method), e.Note, db.AsJSON(&e.Files), e.Hidden, e.Version)
	return err
}

func updateEvent(ctx context.Context, tx *db.Tx, e Event) error {
	return tx.ExecOne(ctx, `UPDATE project_events SET cancelled_on = $1, confirmed_on = $2, held_on = $3, headcount = $4,
		method = $5, note = $6, files = $7, hidden = $8, version = $9 WHERE id = $10 AND version = $11`,
		e.CancelledOn, e.ConfirmedOn, e.HeldOn, e.Headcount, string(e.Method), e.Note, db.AsJSON(&e.Files), e.Hidden, e.Version, e.ID, e.Version-1)
}

func eventByID(ctx context.Context, tx *db.Tx, id ref.ID) (Event, error) {
	return db.One(ctx, tx, scanEvent, `SELECT `+eventColumns+` FROM project_events WHERE id = $1`, id)
}

func eventsOf(ctx context.Context, tx *db.Tx, project ref.ID) ([]Event, error) {
	return db.All(ctx, tx, scanEvent, `SELECT `+eventColumns+` FROM project_events WHERE project_id = $1 ORDER BY on_day DESC, id DESC`, project)
}

// eventsFrom gives the visible events from a day on, the soonest first.
func eventsFrom(ctx context.Context, tx *db.Tx, day db.Date, limit int) ([]Event, error) {
	return db.All(ctx, tx, scanEvent, `SELECT `+eventColumns+` FROM project_events
		WHERE on_day >= $1 AND hidden = FALSE AND closed = FALSE AND cancelled_on IS NULL ORDER BY on_day, id LIMIT $2`, day, limit)
}

const reportColumns = `id, project_id, no, from_day, to_day, final, state, summary, lessons, beneficiaries, spendings,
	actuals, files, submitted_by, submitted_at, judged_by, judged_at, reason, hidden, version`

func scanReport(r db.Row) (p Report, err error) {
	err = r.Scan(&p.ID, &p.ProjectID, &p.No, &p.From, &p.To, &p.Final, &p.State, &p.Summary, &p.Lessons, &p.Beneficiaries,
		db.AsJSON(&p.Spendings), db.AsJSON(&p.Actuals), db.AsJSON(&p.Files), &p.SubmittedBy, &p.SubmittedAt, &p.JudgedBy, &p.JudgedAt, &p.Reason, &p.Hidden, &p.Version)
	return p, err
}

func insertReport(ctx context.Context, tx *db.Tx, r Report) error {
	_, err := tx.Exec(ctx, `INSERT INTO project_reports (`+reportColumns+`)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20)`,
		r.ID, r.ProjectID, r.No, r.From, r.To, r.Final, string(r.State), r.Summary, r.Lessons, r.Beneficiaries,
		db.AsJSON(&r.Spendings), db.AsJSON(&r.Actuals), db.AsJSON(&r.Files), r.SubmittedBy, r.SubmittedAt, r.JudgedBy, r.JudgedAt, r.Reason, r.Hidden, r.Version)
	return err
}

func updateReport(ctx context.Context, tx *db.Tx, r Report) error {
	return tx.ExecOne(ctx, `UPDATE project_reports SET state = $1, summary = $2, lessons = $3, beneficiaries = $4, spendings = $5,
		actuals = $6, files = $7, submitted_by = $8, submitted_at = $9, judged_by = $10, judged_at = $11, reason = $12, version = $13
		WHERE id = $14 AND version = $15`,
		string(r.State), r.Summary, r.Lessons, r.Beneficiaries, db.AsJSON(&r.Spendings), db.AsJSON(&r.Actuals), db.AsJSON(&r.Files),
		r.SubmittedBy, r.SubmittedAt, r.JudgedBy, r.JudgedAt, r.Reason, r.Version, r.ID, r.Version-1)
}

func reportByID(ctx context.Context, tx *db.Tx, id ref.ID) (Report, error) {
	return db.One(ctx, tx, scanReport, `SELECT `+reportColumns+` FROM project_reports WHERE id = $1`, id)
}

func draftOf(ctx context.Context, tx *db.Tx, project ref.ID, no int) (Report, bool, error) {
	return db.Maybe(ctx, tx, scanReport, `SELECT `+reportColumns+` FROM project_reports
		WHERE project_id = $1 AND no = $2 AND state = 'draft'`, project, no)
}

// reportsOf gives all reports of a project in the order of their periods.
func reportsOf(ctx context.Context, tx *db.Tx, project ref.ID) ([]Report, error) {
	return db.All(ctx, tx, scanReport, `SELECT `+reportColumns+` FROM project_reports WHERE project_id = $1 ORDER BY no, id`, project)
}

const amendmentColumns = `id, project_id, no, reason, paper, state, asked_on, decided_on, answer, plan_before, plan_after, base, hidden, version`

func scanAmendment(r db.Row) (a Amendment, err error) {
	err = r.Scan(&a.ID, &a.ProjectID, &a.No, &a.Reason, &a.Paper, &a.State, &a.AskedOn, &a.DecidedOn, &a.Answer,
		db.AsJSON(&a.Before), db.AsJSON(&a.After), &a.Base, &a.Hidden, &a.Version)
	return a, err
}

func insertAmendment(ctx context.Context, tx *db.Tx, a Amendment) error {
	_, err := tx.Exec(ctx, `INSERT INTO project_amendments (`+amendmentColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14)`,
		a.ID, a.ProjectID, a.No, a.Reason, a.Paper, string(a.State), a.AskedOn, a.DecidedOn, a.Answer,
		db.AsJSON(&a.Before), db.AsJSON(&a.After), a.Base, a.Hidden, a.Version)
	return err
}

func updateAmendment(ctx context.Context, tx *db.Tx, a Amendment) error {
	return tx.ExecOne(ctx, `UPDATE project_amendments SET no = $1, state = $2, decided_on = $3, answer = $4, plan_before = $5,
		plan_after = $6, version = $7 WHERE id = $8 AND version = $9`,
		a.No, string(a.State), a.DecidedOn, a.Answer, db.AsJSON(&a.Before), db.AsJSON(&a.After), a.Version, a.ID, a.Version-1)
}

func amendmentByID(ctx context.Context, tx *db.Tx, id ref.ID) (Amendment, error) {
	return db.One(ctx, tx, scanAmendment, `SELECT `+amendmentColumns+` FROM project_amendments WHERE id = $1`, id)
}

func amendmentsOf(ctx context.Context, tx *db.Tx, project ref.ID) ([]Amendment, error) {
	return db.All(ctx, tx, scanAmendment, `SELECT `+amendmentColumns+` FROM project_amendments WHERE project_id = $1 ORDER BY id DESC`, project)
}
