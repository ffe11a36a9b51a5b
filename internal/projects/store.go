package projects

import (
	"context"

	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

const programmeColumns = `id, title, about, funder_id, runner_id, place_id, from_year, to_year, years, sample, version`

func scanProgramme(r db.Row) (p Programme, err error) {
	err = r.Scan(&p.ID, &p.Title, &p.About, &p.FunderID, &p.RunnerID, &p.PlaceID, &p.From, &p.To, db.AsJSON(&p.Years), &p.Sample, &p.Version)
	return p, err
}

func insertProgramme(ctx context.Context, tx *db.Tx, p Programme) error {
	_, err := tx.Exec(ctx, `INSERT INTO programmes (`+programmeColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)`,
		p.ID, p.Title, p.About, p.FunderID, p.RunnerID, p.PlaceID, p.From, p.To, db.AsJSON(&p.Years), p.Sample, p.Version)
	return err
}

func updateProgramme(ctx context.Context, tx *db.Tx, p Programme) error {
	return tx.ExecOne(ctx, `UPDATE programmes SET title = $1, about = $2, runner_id = $3, place_id = $4, from_year = $5, to_year = $6,
		years = $7, version = $8 WHERE id = $9 AND version = $10`,
		p.Title, p.About, p.RunnerID, p.PlaceID, p.From, p.To, db.AsJSON(&p.Years), p.Version, p.ID, p.Version-1)
}

func allProgrammes(ctx context.Context, tx *db.Tx) ([]Programme, error) {
	return db.All(ctx, tx, scanProgramme, `SELECT `+programmeColumns+` FROM programmes ORDER BY from_year DESC, id`)
}

func programmesByIDs(ctx context.Context, tx *db.Tx, ids []ref.ID) ([]Programme, error) {
	return db.All(ctx, tx, scanProgramme, `SELECT `+programmeColumns+` FROM programmes WHERE id IN `+db.In(1, len(ids)), db.Args(nil, ids)...)
}

func programmeByID(ctx context.Context, tx *db.Tx, id ref.ID) (Programme, error) {
	return db.One(ctx, tx, scanProgramme, `SELECT `+programmeColumns+` FROM programmes WHERE id = $1`, id)
}

// The columns of a project that are written once, and those that change.
const (
	madeColumns   = `id, org_id, norms_on, import_id, import_row, sample, created_at, came_from`
	changeColumns = `funder_id, programme_id, title, summary, need, place_id, more_places, sphere, more_spheres,
		target_groups, reach, beneficiaries, for_children, at_risk, openly, rural, sdgs, starts, ends, funding_kind, sum, currency,
		years, tranches, lines, indicators, partners, agreement_no, agreed_on, rhythm, report_days, reports_from, schedule,
		cancelled_on, terminated_on, closed_on, end_reason, spent, accepted, amendments, media, hidden, version`
	projectColumns = madeColumns + `, ` + changeColumns
)

func scanProject(r db.Row) (p Project, err error) {
	err = r.Scan(&p.ID, &p.OrgID, &p.NormsOn, &p.ImportID, &p.ImportRow, &p.Sample, &p.CreatedAt, db.AsJSON(&p.Before),
		&p.FunderID, &p.Programme, &p.Title, &p.Summary, &p.Need, &p.PlaceID, db.AsJSON(&p.MorePlaces), &p.Sphere, db.AsJSON(&p.MoreSpheres),
		db.AsJSON(&p.TargetGroups), db.AsJSON(&p.Reach), &p.Beneficiaries, &p.ForChildren, &p.AtRisk, &p.Openly, &p.Rural, db.AsJSON(&p.SDGs), &p.Starts, &p.Ends, &p.FundingKind, &p.Sum, &p.Currency,
		db.AsJSON(&p.Years), db.AsJSON(&p.Tranches), db.AsJSON(&p.Lines), db.AsJSON(&p.Indicators), db.AsJSON(&p.Partners), &p.Number, &p.AgreedOn, &p.Rhythm, &p.Days, &p.ReportsFrom, db.AsJSON(&p.Schedule),
		&p.CancelledOn, &p.TerminatedOn, &p.ClosedOn, &p.EndReason, &p.Spent, &p.Accepted, &p.Amendments, db.AsJSON(&p.Media), &p.Hidden, &p.Version)
	return p, err
}

func (p *Project) changing() []any {
	return []any{
		p.FunderID, p.Programme, p.Title, p.Summary, p.Need, p.PlaceID, db.AsJSON(&p.MorePlaces), p.Sphere, db.AsJSON(&p.MoreSpheres),
		db.AsJSON(&p.TargetGroups), db.AsJSON(&p.Reach), p.Beneficiaries, p.ForChildren, p.AtRisk, p.Openly, p.Rural, db.AsJSON(&p.SDGs), p.Starts, p.Ends, p.FundingKind, p.Sum, p.Currency,
		db.AsJSON(&p.Years), db.AsJSON(&p.Tranches), db.AsJSON(&p.Lines), db.AsJSON(&p.Indicators), db.AsJSON(&p.Partners), p.Number, p.AgreedOn, string(p.Rhythm), p.Days, p.ReportsFrom, db.AsJSON(&p.Schedule),
		p.CancelledOn, p.TerminatedOn, p.ClosedOn, p.EndReason, p.Spent, p.Accepted, p.Amendments, db.AsJSON(&p.Media), p.Hidden, p.Version,
	}
}

// row is a project in the order of projectColumns.
func (p *Project) row() []any {
	return append([]any{p.ID, p.OrgID, p.NormsOn, p.ImportID, p.ImportRow, p.Sample, p.CreatedAt, db.AsJSON(&p.Before)}, p.changing()...)
}

func insertProject(ctx context.Context, tx *db.Tx, p Project) error {
	_, err := tx.Exec(ctx, `INSERT INTO projects (`+projectColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,
		$17,$18,$19,$20,$21,$22,$23,$24,$25,$26,$27,$28,$29,$30,$31,$32,$33,$34,$35,$36,$37,$38,$39,$40,$41,$42,$43,$44,$45,$46,$47,$48,$49,$50,$51)`,
		p.row()...)
	return err
}

// updateProject stores p, whose version is already the new one; it fails with a
// Conflict when the row changed since p was read.
func updateProject(ctx context.Context, tx *db.Tx, p Project) error {
	return tx.ExecOne(ctx, `UPDATE projects SET (`+changeColumns+`) = ($3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,
		$17,$18,$19,$20,$21,$22,$23,$24,$25,$26,$27,$28,$29,$30,$31,$32,$33,$34,$35,$36,$37,$38,$39,$40,$41,$42,$43,$44,$45)
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
	cancelled_on, confirmed_on, held_on, headcount, method, note, hidden, version`

func scanEvent(r db.Row) (e Event, err error) {
	err = r.Scan(&e.ID, &e.ProjectID, &e.Title, &e.About, &e.PlaceID, &e.Address, &e.On, &e.Hour, &e.Open, &e.Closed, &e.AnnouncedOn,
		&e.CancelledOn, &e.ConfirmedOn, &e.HeldOn, &e.Headcount, &e.Method, &e.Note, &e.Hidden, &e.Version)
	return e, err
}

func insertEvent(ctx context.Context, tx *db.Tx, e Event) error {
	_, err := tx.Exec(ctx, `INSERT INTO project_events (`+eventColumns+`)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19)`,
		e.ID, e.ProjectID, e.Title, e.About, e.PlaceID, e.Address, e.On, e.Hour, e.Open, e.Closed, e.AnnouncedOn,
		e.CancelledOn, e.ConfirmedOn, e.HeldOn, e.Headcount, string(e.Method), e.Note, e.Hidden, e.Version)
	return err
}

func updateEvent(ctx context.Context, tx *db.Tx, e Event) error {
	return tx.ExecOne(ctx, `UPDATE project_events SET cancelled_on = $1, confirmed_on = $2, held_on = $3, headcount = $4,
		method = $5, note = $6, hidden = $7, version = $8 WHERE id = $9 AND version = $10`,
		e.CancelledOn, e.ConfirmedOn, e.HeldOn, e.Headcount, string(e.Method), e.Note, e.Hidden, e.Version, e.ID, e.Version-1)
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
	actuals, submitted_by, submitted_at, judged_by, judged_at, reason, hidden, version`

func scanReport(r db.Row) (p Report, err error) {
	err = r.Scan(&p.ID, &p.ProjectID, &p.No, &p.From, &p.To, &p.Final, &p.State, &p.Summary, &p.Lessons, &p.Beneficiaries,
		db.AsJSON(&p.Spendings), db.AsJSON(&p.Actuals), &p.SubmittedBy, &p.SubmittedAt, &p.JudgedBy, &p.JudgedAt, &p.Reason, &p.Hidden, &p.Version)
	return p, err
}

func insertReport(ctx context.Context, tx *db.Tx, r Report) error {
	_, err := tx.Exec(ctx, `INSERT INTO project_reports (`+reportColumns+`)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19)`,
		r.ID, r.ProjectID, r.No, r.From, r.To, r.Final, string(r.State), r.Summary, r.Lessons, r.Beneficiaries,
		db.AsJSON(&r.Spendings), db.AsJSON(&r.Actuals), r.SubmittedBy, r.SubmittedAt, r.JudgedBy, r.JudgedAt, r.Reason, r.Hidden, r.Version)
	return err
}

func updateReport(ctx context.Context, tx *db.Tx, r Report) error {
	return tx.ExecOne(ctx, `UPDATE project_reports SET state = $1, summary = $2, lessons = $3, beneficiaries = $4, spendings = $5,
		actuals = $6, submitted_by = $7, submitted_at = $8, judged_by = $9, judged_at = $10, reason = $11, version = $12
		WHERE id = $13 AND version = $14`,
		string(r.State), r.Summary, r.Lessons, r.Beneficiaries, db.AsJSON(&r.Spendings), db.AsJSON(&r.Actuals),
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

// ofProgramme are the projects whose money a programme counts.
const ofProgramme = `p.programme_id IS NOT NULL AND p.agreed_on IS NOT NULL AND p.hidden = FALSE AND p.currency = 'KZT'`

func programmeSums(ctx context.Context, tx *db.Tx) ([]ProgrammeSum, error) {
	return db.All(ctx, tx, func(r db.Row) (x ProgrammeSum, err error) {
		err = r.Scan(&x.Programme, &x.Projects, &x.Agreed, &x.Paid, &x.Accepted)
		return x, err
	}, `SELECT p.programme_id, COUNT(*), CAST(SUM(p.sum) AS BIGINT), CAST(SUM(COALESCE(y.paid, 0)) AS BIGINT), CAST(SUM(COALESCE(y.accepted, 0)) AS BIGINT)
		FROM projects p LEFT JOIN (SELECT project_id, SUM(paid) AS paid, SUM(accepted) AS accepted FROM project_years GROUP BY project_id) y
			ON y.project_id = p.id
		WHERE `+ofProgramme+` GROUP BY p.programme_id ORDER BY p.programme_id`)
}

func programmeYears(ctx context.Context, tx *db.Tx, programme ref.ID) ([]YearMoney, error) {
	return db.All(ctx, tx, func(r db.Row) (y YearMoney, err error) {
		err = r.Scan(&y.Year, &y.Planned, &y.Paid, &y.Accepted)
		return y, err
	}, `SELECT y.year, CAST(SUM(y.planned) AS BIGINT), CAST(SUM(y.paid) AS BIGINT), CAST(SUM(y.accepted) AS BIGINT)
		FROM project_years y JOIN projects p ON p.id = y.project_id
		WHERE `+ofProgramme+` AND p.programme_id = $1 GROUP BY y.year ORDER BY y.year`, programme)
}

func projectsOfProgramme(ctx context.Context, tx *db.Tx, programme, before ref.ID, limit int) ([]Project, error) {
	if before == 0 {
		before = 1<<63 - 1
	}
	return db.All(ctx, tx, scanProject, `SELECT `+projectColumns+` FROM projects
		WHERE programme_id = $1 AND id < $2 AND hidden = FALSE ORDER BY id DESC LIMIT $3`, programme, before, limit)
}

const fileColumns = `id, project_id, part, part_id, indicator_id, sort, title, for_all, closed, people, consent, added_on, withdrawn_on, hidden_on,
	hidden_reason, file_id, name, media_type, size, width, height, hidden, version`

func scanFile(r db.Row) (f File, err error) {
	err = r.Scan(&f.ID, &f.ProjectID, &f.Part, &f.PartID, &f.Indicator, &f.Sort, &f.Title, &f.ForAll, &f.Closed, &f.People, db.AsJSON(&f.Consent),
		&f.AddedOn, &f.WithdrawnOn, &f.HiddenOn, &f.HiddenReason, &f.FileID, &f.Name, &f.MediaType, &f.Size, &f.Width, &f.Height, &f.Hidden, &f.Version)
	return f, err
}

func insertFile(ctx context.Context, tx *db.Tx, f File) error {
	_, err := tx.Exec(ctx, `INSERT INTO project_files (`+fileColumns+`)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22,$23)`,
		f.ID, f.ProjectID, string(f.Part), f.PartID, f.Indicator, string(f.Sort), f.Title, f.ForAll, f.Closed, string(f.People), db.AsJSON(&f.Consent),
		f.AddedOn, f.WithdrawnOn, f.HiddenOn, f.HiddenReason, f.FileID, f.Name, f.MediaType, f.Size, f.Width, f.Height, f.Hidden, f.Version)
	return err
}

func updateFile(ctx context.Context, tx *db.Tx, f File) error {
	return tx.ExecOne(ctx, `UPDATE project_files SET title = $1, for_all = $2, consent = $3, withdrawn_on = $4, hidden_on = $5,
		hidden_reason = $6, name = $7, version = $8 WHERE id = $9 AND version = $10`,
		f.Title, f.ForAll, db.AsJSON(&f.Consent), f.WithdrawnOn, f.HiddenOn, f.HiddenReason, f.Name, f.Version, f.ID, f.Version-1)
}

func deleteFile(ctx context.Context, tx *db.Tx, f File) error {
	return tx.ExecOne(ctx, `DELETE FROM project_files WHERE id = $1 AND version = $2`, f.ID, f.Version)
}

func fileByID(ctx context.Context, tx *db.Tx, id ref.ID) (File, error) {
	return db.One(ctx, tx, scanFile, `SELECT `+fileColumns+` FROM project_files WHERE id = $1`, id)
}

// filesOf gives the files of a project with those of its events and reports, in
// the order in which they came.
func filesOf(ctx context.Context, tx *db.Tx, project ref.ID) ([]File, error) {
	return db.All(ctx, tx, scanFile, `SELECT `+fileColumns+` FROM project_files WHERE project_id = $1 ORDER BY id`, project)
}

func filesOfPart(ctx context.Context, tx *db.Tx, project ref.ID, part Belongs, id ref.ID) ([]File, error) {
	return db.All(ctx, tx, scanFile, `SELECT `+fileColumns+` FROM project_files
		WHERE project_id = $1 AND part = $2 AND part_id = $3 ORDER BY id`, project, string(part), id)
}
