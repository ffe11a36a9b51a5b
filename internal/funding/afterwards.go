package funding

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/ref"
	"birge/internal/projects"
)

// Afterwards is what goes on after the agreements of a round: how many projects wait
// for what, how many of these are late, and what lies ahead of a condition.
type Afterwards struct {
	Begun int            // projects that began
	Wait  map[string]int // by act, see projects.Steps
	Late  map[string]int
	// Awaiting are the tranches that wait for a report to be accepted, Held their
	// money in tiyn.
	Awaiting int
	Held     int64
}

// turn is whose turn it is when all agreements are signed.
func (a Afterwards) turn() Turn {
	turn := TurnNobody
	for act, n := range a.Wait {
		switch of := TurnOf(projects.Step{Act: act}); {
		case n == 0:
		case of == TurnFunder: // can be done now; a report has its day
			return TurnFunder
		default:
			turn = of
		}
	}
	return turn
}

// afterwardsOf counts what the projects of a round wait for.
func (s *Service) afterwardsOf(ctx context.Context, tx *db.Tx, call ref.ID, round int) (a Afterwards, err error) {
	ids, err := db.All(ctx, tx, db.Value[ref.ID], `SELECT project_id FROM agreements WHERE project_id IS NOT NULL
		AND application_id IN (SELECT id FROM applications WHERE call_id = $1 AND round = $2)`, call, round)
	if err != nil || len(ids) == 0 {
		return a, err
	}
	a = Afterwards{Begun: len(ids), Wait: map[string]int{}, Late: map[string]int{}}
	ahead, err := s.Projects.AheadOf(ctx, tx, ids)
	today := s.today(tx)
	for _, p := range ahead {
		a.Awaiting, a.Held = a.Awaiting+p.Awaiting, a.Held+p.Held
		for _, step := range p.Steps {
			a.Wait[step.Act]++
			if step.Late(today) {
				a.Late[step.Act]++
			}
		}
	}
	return a, err
}

// Handed is an application that somebody's organization has handed in, as a desk
// shows it.
type Handed struct {
	Application
	Call     ref.Ref
	Standing Standing
}

// handedShown is how many applications a desk shows.
const handedShown = 24

// HandedIn lists the applications of the organizations for which the actor works, the
// latest first, with for whom each waits, and the day that it is.
func (s *Service) HandedIn(ctx context.Context, by access.Actor) (list []Handed, today db.Date, err error) {
	own := notOwn(by)
	if len(own) == 0 {
		return nil, today, nil
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		list, today = nil, s.today(tx)
		rows, err := db.All(ctx, tx, scanApplication, `SELECT `+applicationColumns+` FROM applications a WHERE a.org_id IN `+db.In(2, len(own))+
			` ORDER BY a.id DESC LIMIT $1`, db.Args([]any{handedShown}, own)...)
		if err != nil {
			return err
		}
		byCall := map[ref.ID][]Application{}
		for _, a := range rows {
			byCall[a.CallID] = append(byCall[a.CallID], a)
		}
		for _, call := range slices.Sorted(maps.Keys(byCall)) {
			some, err := s.handedFor(ctx, tx, call, byCall[call])
			if err != nil {
				return err
			}
			list = append(list, some...)
		}
		slices.SortFunc(list, func(a, b Handed) int { return cmp.Compare(b.ID, a.ID) })
		return nil
	})
	return list, today, err
}

// handedFor tells where the applications for one call stand.
func (s *Service) handedFor(ctx context.Context, tx *db.Tx, call ref.ID, rows []Application) (list []Handed, err error) {
	c, err := callByID(ctx, tx, call)
	if err != nil {
		return nil, err
	}
	l := Applications{Call: c, Rows: rows}
	st, err := s.standingsOf(ctx, tx, c)
	if err != nil {
		return nil, err
	}
	err = s.stand(ctx, tx, &l, st)
	for _, a := range rows {
		list = append(list, Handed{a, c.Ref(), l.Stand[a.ID]})
	}
	return list, err
}
