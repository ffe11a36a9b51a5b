package projects

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/ref"
	"birge/internal/platform/todo"
)

// wait is one kind of waiting. The query gives the project, the id or number of
// the part, and the day or the moment from which it waits; $1 is today.
type wait struct {
	act, query string
	path       func(p ref.Ref, part ref.ID) string
	// still, where it is set, is what the query cannot ask of the project.
	still func(p Project, today db.Date) bool
}

// teamWaits are what the people of an organization are to do.
var teamWaits = []wait{
	{"projects.event.confirm", `SELECT p.id, e.id, e.on_day, NULL FROM project_events e JOIN projects p ON p.id = e.project_id
		WHERE e.on_day < $1 AND e.cancelled_on IS NULL AND e.confirmed_on IS NULL AND p.terminated_on IS NULL AND `,
		func(p ref.Ref, part ref.ID) string { return p.Path + "/events/" + part.String() }, nil},
	{"projects.report.mend", `SELECT p.id, r.no, NULL, r.judged_at FROM project_reports r JOIN projects p ON p.id = r.project_id
		WHERE r.from_day <= $1 AND r.state = 'returned' AND p.closed_on IS NULL AND p.terminated_on IS NULL
		AND NOT EXISTS (SELECT 1 FROM project_reports n WHERE n.project_id = r.project_id AND n.no = r.no
			AND (n.state IN ('submitted', 'accepted') OR n.state = 'returned' AND n.id > r.id)) AND `,
		func(p ref.Ref, part ref.ID) string { return p.Path + "/report/" + strconv.FormatInt(int64(part), 10) }, nil},
}

// funderWaits are what the side that pays is to do.
var funderWaits = []wait{
	{"projects.report.judge", `SELECT p.id, r.id, NULL, r.submitted_at FROM project_reports r JOIN projects p ON p.id = r.project_id
		WHERE r.from_day <= $1 AND r.state = 'submitted' AND `,
		func(p ref.Ref, part ref.ID) string { return p.Path + "/reports/" + part.String() }, nil},
	{"projects.amendment.decide", `SELECT p.id, a.id, a.asked_on, NULL FROM project_amendments a JOIN projects p ON p.id = a.project_id
		WHERE a.asked_on <= $1 AND a.state = 'asked' AND `,
		func(p ref.Ref, _ ref.ID) string { return p.Path + "/amendments" }, nil},
	{"projects.agree", `SELECT p.id, p.id, NULL, NULL FROM projects p
		WHERE CAST($1 AS DATE) IS NOT NULL AND p.agreed_on IS NULL AND p.cancelled_on IS NULL AND `,
		func(p ref.Ref, _ ref.ID) string { return p.Path + "/agree" }, nil},
	// What was taken over from elsewhere is not asked to be closed here.
	{StepClose, `SELECT p.id, p.id, p.ends, NULL FROM projects p
		WHERE p.ends < $1 AND p.agreed_on IS NOT NULL AND p.closed_on IS NULL AND p.cancelled_on IS NULL AND p.terminated_on IS NULL AND p.import_id IS NULL
		AND EXISTS (SELECT 1 FROM project_reports r WHERE r.project_id = p.id AND r.final AND r.state = 'accepted') AND `,
		func(p ref.Ref, _ ref.ID) string { return p.Path }, func(p Project, today db.Date) bool { return p.StatusOn(today).Is == Finished }},
}

// Waiting lists what waits for the actor in projects, the longest first.
func (s *Service) Waiting(ctx context.Context, by access.Actor) ([]todo.Task, error) {
	return todo.Of(ctx, s.db, by, s.waitsForTeam, s.waitsForFunder, s.waitsInPlaces)
}

// teams are the organizations for which the actor works.
func teams(by access.Actor) []ref.ID {
	return append(by.Scopes(access.Lead), by.Scopes(access.Staff)...)
}

func (s *Service) waitsForTeam(ctx context.Context, tx *db.Tx, by access.Actor) ([]todo.Task, error) {
	team := teams(by)
	return s.waits(ctx, tx, teamWaits, func(from int) (string, []any) { return "p.org_id IN " + db.In(from, len(team)), db.Args(nil, team) })
}

func (s *Service) waitsForFunder(ctx context.Context, tx *db.Tx, by access.Actor) ([]todo.Task, error) {
	return s.waits(ctx, tx, funderWaits, func(from int) (string, []any) { return s.paidBy(by, teams(by), from) })
}

// paidBy is the condition of funderSide in SQL.
func (s *Service) paidBy(by access.Actor, team []ref.ID, from int) (string, []any) {
	leads, offices := by.Scopes(access.Lead), by.Scopes(access.Officer)
	args := db.Args(nil, team)
	cond := "p.org_id NOT IN " + db.In(from, len(team))
	if len(team) == 0 {
		cond = "1 = 1"
	}
	if slices.Contains(offices, 0) {
		return cond, args
	}
	funders := slices.Concat(leads, offices)
	within := s.places.Tree().Below(offices...)
	cond += " AND (p.funder_id IN " + db.In(from+len(args), len(funders)) +
		" OR p.place_id IN " + db.In(from+len(args)+len(funders), len(within)) + ")"
	return cond, db.Args(db.Args(args, funders), within)
}

// waits runs the queries of a side, narrowed to what is the actor's.
func (s *Service) waits(ctx context.Context, tx *db.Tx, list []wait, narrow func(from int) (string, []any)) (out []todo.Task, err error) {
	cond, args := narrow(2)
	args = append([]any{s.today(tx)}, args...)
	for _, w := range list {
		rows, err := db.All(ctx, tx, s.scanWaiting, fmt.Sprintf("%s%s AND NOT p.hidden ORDER BY 3, 4, 2 LIMIT %d", w.query, cond, todo.Most), args...)
		if err != nil {
			return nil, err
		}
		ids := make([]ref.ID, len(rows))
		for i, x := range rows {
			ids[i] = x.project
		}
		list, err := projectsByIDs(ctx, tx, unique(ids))
		if err != nil {
			return nil, err
		}
		for _, x := range rows {
			i := slices.IndexFunc(list, func(p Project) bool { return p.ID == x.project })
			if w.still != nil && !w.still(list[i], s.today(tx)) {
				continue
			}
			at := list[i].Ref()
			out = append(out, todo.Task{Act: w.act, Thing: at, Path: w.path(at, x.part), Since: x.since, Idle: w.act == StepClose})
		}
	}
	return out, nil
}

// waitsInPlaces is what an officer sees to in the places of the office: reports that
// are late, and money that is to be paid.
func (s *Service) waitsInPlaces(ctx context.Context, tx *db.Tx, by access.Actor) (out []todo.Task, err error) {
	offices, today := by.Scopes(access.Officer), s.today(tx)
	for _, x := range []struct {
		act, owed, at string
		before        db.Date
	}{
		{ActLate, ReportOwed, "#reports", today},
		{StepPay, TrancheOwed, "#money", today.AddDays(payAhead)},
	} {
		terms, err := s.dueInPlaces(ctx, tx, x.owed, offices, x.before)
		if err != nil {
			return nil, err
		}
		ids := make([]ref.ID, len(terms))
		for i, t := range terms {
			ids[i] = t.Root
		}
		list, err := projectsByIDs(ctx, tx, unique(ids))
		if err != nil {
			return nil, err
		}
		for _, t := range terms {
			i := slices.IndexFunc(list, func(p Project) bool { return p.ID == t.Root })
			if i < 0 || list[i].Hidden || by.WorksFor(list[i].OrgID) {
				continue
			}
			out = append(out, todo.Task{Act: x.act, Thing: list[i].Ref(), Path: list[i].Ref().Path + x.at, Due: t.Due})
		}
	}
	return out, nil
}

// ActLate is that somebody asks after a report that is late.
const ActLate = "projects.report.late"

// payAhead is how many days before its last day a payment stands on the desk.
const payAhead = 15

// waitingRow is what the query of a wait gives.
type waitingRow struct {
	project, part ref.ID
	since         db.Date
}

func (s *Service) scanWaiting(r db.Row) (w waitingRow, err error) {
	var moment db.Time
	if err = r.Scan(&w.project, &w.part, &w.since, &moment); err == nil && !moment.IsZero() {
		w.since = db.DateOf(moment.In(s.zone))
	}
	return w, err
}
