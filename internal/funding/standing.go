package funding

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"birge/internal/obligations"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/ref"
	"birge/internal/projects"
)

// Standing is for whom an application waits, and until the end of which day; no day
// where there is no term. Step is what its project waits for, once there is one.
type Standing struct {
	Turn Turn
	Due  db.Date
	Step projects.Step
}

// Late tells that the term is over.
func (s Standing) Late(today db.Date) bool { return !s.Due.IsZero() && today.After(s.Due) }

// roundTurn is whose turn it is about the admitted applications of a round, and
// until when its check and its decision are owed; no day where they are done.
type roundTurn struct {
	admitted        Turn
	checked, judged db.Date
}

// standings is what tells of any application of a call where it stands.
type standings struct {
	today  db.Date
	rounds map[int]roundTurn
	// steps are the first steps of the projects that applications have become.
	steps map[ref.ID]projects.Step
}

// standingsOf reads where the rounds of a call stand.
func (s *Service) standingsOf(ctx context.Context, tx *db.Tx, c Call) (st standings, err error) {
	st = standings{today: s.today(tx), rounds: map[int]roundTurn{}}
	counts, err := s.countsOf(ctx, tx, c.ID)
	if err != nil {
		return st, err
	}
	owed, err := s.Obligations.Told(ctx, tx, c.Ref())
	if err != nil {
		return st, err
	}
	for _, r := range c.Rounds {
		p := Progress{Call: c, Round: r, Phase: r.PhaseOn(tx.Now(), counts[r.No]), Owed: owed}
		if p.Panel, _, err = s.panelOf(ctx, tx, c, r.No); err != nil {
			return st, err
		}
		if p.Decisions, err = decisionsOf(ctx, tx, c.ID, r.No); err != nil {
			return st, err
		}
		thing, err := roundRef(ctx, tx, c, r.No)
		if err != nil {
			return st, err
		}
		st.rounds[r.No] = roundTurn{admitted: p.judges(), checked: dueOf(owed, thing.ID, CheckOwed), judged: dueOf(owed, thing.ID, DecideOwed)}
	}
	return st, nil
}

// judges is whose turn it is about what was admitted: before the check of the round
// is through nobody can go on but the one who checks.
func (p Progress) judges() Turn {
	if p.Phase == Judging || p.Phase == Deciding {
		return p.turn()
	}
	return TurnFunder
}

// dueOf is until when an act about a thing is owed; no day where it is not, or was
// done.
func dueOf(list []obligations.Obligation, thing ref.ID, kind string) db.Date {
	for _, o := range list {
		if o.Thing.ID == thing && o.Kind == kind && o.Outcome == "" {
			return o.Due
		}
	}
	return db.Date{}
}

// of is where one application stands; open is its agreement that is not signed yet,
// the zero agreement where there is none.
func (st standings) of(a Application, open Agreement) Standing {
	r := st.rounds[a.Round]
	switch {
	case a.State == Submitted:
		return Standing{Turn: TurnFunder, Due: r.checked}
	case a.State == Returned && st.today.After(a.FixDue):
		return Standing{Turn: TurnFunder, Due: a.FixDue}
	case a.State == Returned:
		return Standing{Turn: TurnApplicants, Due: a.FixDue}
	case a.State == Admitted:
		return Standing{Turn: r.admitted, Due: r.judged}
	case a.State == Funded && open.ID != 0:
		return Standing{Turn: TurnSides, Due: open.SignBy}
	}
	if step, ok := st.steps[a.ID]; ok {
		return Standing{Turn: TurnOf(step), Due: step.Due, Step: step}
	}
	return Standing{Turn: TurnNobody}
}

// TurnOf is whose turn a step of a project is.
func TurnOf(s projects.Step) Turn {
	if s.OfTeam() {
		return TurnApplicants
	}
	return TurnFunder
}

// follow reads what the projects wait for that the applications have become; without
// applications those of the whole call.
func (s *Service) follow(ctx context.Context, tx *db.Tx, call ref.ID, st *standings, applications ...ref.ID) error {
	begun, err := begunFrom(ctx, tx, call, applications)
	if err != nil || len(begun) == 0 {
		return err
	}
	ahead, err := s.Projects.AheadOf(ctx, tx, slices.Collect(maps.Values(begun)))
	st.steps = map[ref.ID]projects.Step{}
	for application, project := range begun {
		if steps := ahead[project].Steps; len(steps) > 0 {
			st.steps[application] = steps[0]
		}
	}
	return err
}

// begunFrom gives the projects that began from applications, by application.
func begunFrom(ctx context.Context, tx *db.Tx, call ref.ID, applications []ref.ID) (map[ref.ID]ref.ID, error) {
	cond, args := "call_id = $1", []any{call}
	if len(applications) > 0 {
		cond, args = "application_id IN "+db.In(1, len(applications)), db.Args(nil, applications)
	}
	begun := map[ref.ID]ref.ID{}
	err := db.Each(ctx, tx, func(r db.Row) (x [2]ref.ID, err error) {
		err = r.Scan(&x[0], &x[1])
		return x, err
	}, func(x [2]ref.ID) error {
		begun[x[0]] = x[1]
		return nil
	}, `SELECT application_id, project_id FROM agreements WHERE project_id IS NOT NULL AND `+cond, args...)
	return begun, err
}

// openAgreement is the condition that an application a has an agreement which is not
// signed.
const openAgreement = `EXISTS (SELECT 1 FROM agreements g WHERE g.application_id = a.id AND g.void_on IS NULL AND g.signed_on IS NULL)`

// Turns lists whose turn it can be, in the order in which it is shown.
var Turns = []Turn{TurnApplicants, TurnFunder, TurnExperts, TurnCommission, TurnSides, TurnNobody}

// waitFor is the condition of of in SQL: that it is the turn of somebody; day is the
// number of the argument that holds today.
func (st standings) waitFor(turn Turn, day string) string {
	among := func(rounds []int) string { return `a.state = 'admitted' AND a.round IN ` + numbers(rounds) }
	mine := among(st.roundsWhere(func(r roundTurn) bool { return r.admitted == turn })) +
		` OR a.id IN ` + numbers(st.stepsWhere(func(s projects.Step) bool { return TurnOf(s) == turn }))
	switch turn {
	case TurnApplicants:
		return `(a.state = 'returned' AND a.fix_due >= ` + day + ` OR ` + mine + `)`
	case TurnFunder:
		return `(a.state = 'submitted' OR a.state = 'returned' AND a.fix_due < ` + day + ` OR ` + mine + `)`
	case TurnSides:
		return `(a.state = 'funded' AND ` + openAgreement + ` OR ` + mine + `)`
	case TurnNobody:
		all := numbers(st.stepsWhere(func(projects.Step) bool { return true }))
		return `(a.state NOT IN ('submitted', 'returned', 'admitted') AND NOT (a.state = 'funded' AND ` + openAgreement + `) AND a.id NOT IN ` + all + ` OR ` + mine + `)`
	}
	return `(` + mine + `)`
}

// isLate is the condition that the term of an application is over.
func (st standings) isLate(day string) string {
	check := st.roundsWhere(func(r roundTurn) bool { return !r.checked.IsZero() && st.today.After(r.checked) })
	judge := st.roundsWhere(func(r roundTurn) bool { return !r.judged.IsZero() && st.today.After(r.judged) })
	steps := st.stepsWhere(func(s projects.Step) bool { return s.Late(st.today) })
	return `(a.state = 'returned' AND a.fix_due < ` + day + ` OR a.id IN ` + numbers(steps) + ` OR a.state = 'submitted' AND a.round IN ` + numbers(check) +
		` OR a.state = 'admitted' AND a.round IN ` + numbers(judge) +
		` OR a.state = 'funded' AND EXISTS (SELECT 1 FROM agreements g WHERE g.application_id = a.id AND g.void_on IS NULL AND g.signed_on IS NULL AND g.sign_by < ` + day + `))`
}

func (st standings) roundsWhere(take func(roundTurn) bool) (nos []int) {
	for no, r := range st.rounds {
		if take(r) {
			nos = append(nos, no)
		}
	}
	return nos
}

func (st standings) stepsWhere(take func(projects.Step) bool) (ids []ref.ID) {
	for id, s := range st.steps {
		if take(s) {
			ids = append(ids, id)
		}
	}
	return ids
}

// numbers are numbers of rounds or of applications as a list of SQL; 0 is the number
// of none.
func numbers[N int | ref.ID](nos []N) string {
	var b strings.Builder
	b.WriteString("(0")
	for _, no := range nos {
		b.WriteString(", " + strconv.FormatInt(int64(no), 10))
	}
	return b.String() + ")"
}

// openAgreementsOf gives the unsigned agreements of applications.
func openAgreementsOf(ctx context.Context, tx *db.Tx, ids []ref.ID) (map[ref.ID]Agreement, error) {
	list, err := db.All(ctx, tx, scanAgreement, `SELECT `+agreementColumns+` FROM agreements WHERE void_on IS NULL AND signed_on IS NULL AND application_id IN `+db.In(1, len(ids)), db.Args(nil, ids)...)
	byID := map[ref.ID]Agreement{}
	for _, g := range list {
		byID[g.ApplicationID] = g
	}
	return byID, err
}

// notOwn leaves out the applications of organizations for which the reader works.
func notOwn(by access.Actor) []ref.ID {
	return append(by.Scopes(access.Lead), by.Scopes(access.Staff)...)
}
