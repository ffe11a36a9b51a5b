package funding

import (
	"cmp"
	"context"
	"slices"

	"birge/internal/orgs"
	"birge/internal/panels"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/projects"
)

// Results are what everybody is told of a round once it is decided: who applied
// and won, with sums, and who has the money. Those who won are named; others only
// where the norm says so.
type Results struct {
	Call   Call
	Round  Round
	Funder ref.Ref
	Panel  panels.Panel
	Order  panels.Order // how the order came about on which the decision stands
	// Counts are by state, all of the round; Applied leaves out what was taken back
	// before the check, Admitted came before the experts.
	Counts            map[ApplicationState]int
	Applied, Admitted int
	Asked, Granted    int64 // tiyn
	ByPlace, BySphere []Part
	// First are winners who have never carried out a project nor won before.
	First, FirstSum int64
	// TopTen is the share of the money that goes to the ten organizations that have
	// most, in percent; -1 where nothing was given.
	TopTen    int
	Districts int // percent of the money
	Decisions []Decision
	Appeals   []Appeal
	// Scores tells that points are public, Named that all applicants are.
	Scores, Named bool
	MayKeep       bool

	rows []Result
}

// Part is what a place or a sphere has of a round. Money is in tiyn.
type Part struct {
	Place   ref.ID // a district or a city; 0 in parts by sphere
	Sphere  string
	Applied int
	Funded  int
	Asked   int64
	Granted int64
}

// Result is one application in the results.
type Result struct {
	Applied
	Org    ref.Ref // zero where the applicant is not named
	Ruling Ruling  // zero before the decision about it
	First  bool
	// District is the district or city of its place.
	District ref.ID
	proposal bool // its title may be shown
}

// ResultFilter narrows the rows of results.
type ResultFilter struct {
	State  ApplicationState
	Place  ref.ID // a district or a city
	Sphere string
	First  bool
	Top    bool // the ten organizations that have most
}

// Results tells what came of a round; before its decision there are none.
func (s *Service) Results(ctx context.Context, by access.Actor, call ref.ID, round int) (v Results, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		v, err = s.resultsIn(ctx, tx, by, call, round)
		return err
	})
	return v, err
}

func (s *Service) resultsIn(ctx context.Context, tx *db.Tx, by access.Actor, call ref.ID, round int) (v Results, err error) {
	if v.Call, err = s.visibleCall(ctx, tx, by, call); err != nil {
		return v, err
	}
	var ok bool
	if v.Round, ok = v.Call.Round(round); !ok {
		return v, problem.New(problem.NotFound, "problem.not_found")
	}
	all, err := decisionsOf(ctx, tx, call, round)
	if err != nil {
		return v, err
	}
	v.Decisions = slices.DeleteFunc(all, func(d Decision) bool { return d.State() != DecisionPublished })
	if len(v.Decisions) == 0 {
		return v, problem.New(problem.NotFound, "problem.not_found")
	}
	if v.Panel, _, err = s.panelOf(ctx, tx, v.Call, round); err != nil {
		return v, err
	}
	if v.Order, err = s.Panels.OrderOf(ctx, tx, v.Panel); err != nil {
		return v, err
	}
	names, err := orgs.Refs(ctx, tx, []ref.ID{v.Call.FunderID})
	if err != nil {
		return v, err
	}
	v.Funder, v.MayKeep = names[v.Call.FunderID], s.MayKeepCall(by, v.Call)
	book := s.Norms.Book()
	v.Scores, v.Named = normOr(book, "grant.publish_scores", v.Call.NormsOn, 1) == 1, normOr(book, "grant.publish_declined", v.Call.NormsOn, 0) == 1
	appeals, err := appealsOfRound(ctx, tx, call, round)
	if err != nil {
		return v, err
	}
	v.Appeals = slices.DeleteFunc(appeals, func(a Appeal) bool { return a.Outcome == "" || a.Outcome == AppealWithdrawn })
	return v, s.fillResults(ctx, tx, &v)
}

// fillResults counts the rows of a round.
func (s *Service) fillResults(ctx context.Context, tx *db.Tx, v *Results) error {
	applied, err := appliedOf(ctx, tx, v.Call.ID, v.Round.No)
	if err != nil {
		return err
	}
	said, err := standingRulings(ctx, tx, v.Call.ID, v.Round.No)
	if err != nil {
		return err
	}
	var winners []ref.ID
	for _, a := range applied {
		if a.State == Funded {
			winners = append(winners, a.OrgID)
		}
	}
	before, err := s.wonBefore(ctx, tx, winners, v.Decisions[0].PublishedAt)
	if err != nil {
		return err
	}
	tree := s.Places.Tree()
	for _, a := range applied {
		if a.State != Funded {
			a.Granted = 0
		}
		r := Result{Applied: a, Ruling: said[a.ID], First: a.State == Funded && !before[a.OrgID], District: tree.District(a.PlaceID)}
		r.proposal = a.State == Funded || v.Named
		v.rows = append(v.rows, r)
	}
	v.count()
	v.Districts = s.toDistricts(linesOf(v.rows))
	return nil
}

func linesOf(rows []Result) []Line {
	lines := make([]Line, len(rows))
	for i, r := range rows {
		lines[i] = Line{Placed: Placed{Applied: r.Applied}, Granted: r.Granted}
	}
	return lines
}

// wonBefore tells which organizations had money or a project before an instant.
func (s *Service) wonBefore(ctx context.Context, tx *db.Tx, winners []ref.ID, at db.Time) (map[ref.ID]bool, error) {
	slices.Sort(winners)
	had, err := projects.OrgsBefore(ctx, tx, slices.Compact(winners), db.DateOf(at.In(s.Zone)))
	if err != nil {
		return nil, err
	}
	some, err := db.All(ctx, tx, db.Value[ref.ID], `SELECT DISTINCT a.org_id FROM decisions d JOIN rulings r ON r.decision_id = d.id JOIN applications a ON a.id = r.application_id
		WHERE d.published_at < $1 AND r.outcome = 'funded'`, at)
	for _, id := range some {
		had[id] = true
	}
	return had, err
}

// count adds the rows up.
func (v *Results) count() {
	v.Counts = map[ApplicationState]int{}
	places, spheres := map[ref.ID]*Part{}, map[string]*Part{}
	for _, r := range v.rows {
		v.Counts[r.State]++
		if r.State == Withdrawn && r.Ruling.ID == 0 {
			continue
		}
		v.Applied++
		v.Admitted += b2i(r.State != Refused)
		v.Asked += r.Asked
		v.Granted += r.Granted
		if r.First {
			v.First++
			v.FirstSum += r.Granted
		}
		if places[r.District] == nil {
			places[r.District] = &Part{Place: r.District}
		}
		if spheres[r.Sphere] == nil {
			spheres[r.Sphere] = &Part{Sphere: r.Sphere}
		}
		places[r.District].add(r)
		spheres[r.Sphere].add(r)
	}
	v.ByPlace, v.BySphere, v.TopTen = parts(places), parts(spheres), -1
	if v.Granted > 0 {
		v.TopTen = int((v.topSum()*100 + v.Granted/2) / v.Granted)
	}
}

func (p *Part) add(r Result) {
	p.Applied++
	p.Asked += r.Asked
	p.Granted += r.Granted
	p.Funded += b2i(r.State == Funded)
}

// parts lists the parts of a map, those with most money first.
func parts[K comparable](of map[K]*Part) []Part {
	list := make([]Part, 0, len(of))
	for _, p := range of {
		list = append(list, *p)
	}
	slices.SortFunc(list, func(a, b Part) int {
		return cmp.Or(cmp.Compare(b.Granted, a.Granted), cmp.Compare(b.Applied, a.Applied), cmp.Compare(a.Place, b.Place), cmp.Compare(a.Sphere, b.Sphere))
	})
	return list
}

const topTen = 10

// top lists the organizations that have most of the money, ten at most.
func (v Results) top() map[ref.ID]int64 {
	sums := map[ref.ID]int64{}
	for _, r := range v.rows {
		if r.Granted > 0 {
			sums[r.OrgID] += r.Granted
		}
	}
	var ids []ref.ID
	for id := range sums {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b ref.ID) int { return cmp.Or(cmp.Compare(sums[b], sums[a]), cmp.Compare(a, b)) })
	for _, id := range ids[min(topTen, len(ids)):] {
		delete(sums, id)
	}
	return sums
}

func (v Results) topSum() (sum int64) {
	for _, s := range v.top() {
		sum += s
	}
	return sum
}

// Rows are the rows that a filter lets through: winners by place first, then
// reserve, then the others by number.
func (v Results) Rows(f ResultFilter) []Result {
	top := map[ref.ID]int64{}
	if f.Top {
		top = v.top()
	}
	out := make([]Result, 0, len(v.rows))
	for _, r := range v.rows {
		_, largest := top[r.OrgID]
		switch {
		case r.State == Withdrawn && r.Ruling.ID == 0, f.State != "" && r.State != f.State, f.Place != 0 && r.District != f.Place,
			f.Sphere != "" && r.Sphere != f.Sphere, f.First && !r.First, f.Top && !(largest && r.State == Funded):
		default:
			out = append(out, r)
		}
	}
	rank := func(r Result) int { return slices.Index(resultOrder, r.State) }
	slices.SortStableFunc(out, func(a, b Result) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(b2i(a.Ruling.Place == 0), b2i(b.Ruling.Place == 0)), cmp.Compare(a.Ruling.Place, b.Ruling.Place), cmp.Compare(a.ID, b.ID))
	})
	return out
}

var resultOrder = []ApplicationState{Funded, Reserve, Declined, Admitted, Refused, Withdrawn}

// NameResults gives rows the titles and the applicants that may be shown.
func (s *Service) NameResults(ctx context.Context, rows []Result) ([]Result, error) {
	out := slices.Clone(rows)
	return out, s.db.View(ctx, func(tx *db.Tx) error {
		for part := range slices.Chunk(out, 300) {
			var ids, who []ref.ID
			for _, r := range part {
				if r.proposal {
					ids, who = append(ids, r.ID), append(who, r.OrgID)
				}
			}
			names, err := orgs.Refs(ctx, tx, who)
			if err != nil {
				return err
			}
			titles, err := titlesOf(ctx, tx, ids)
			if err != nil {
				return err
			}
			for i := range part {
				if r := &part[i]; r.proposal {
					r.Title, r.Org = titles[r.ID], names[r.OrgID]
				}
			}
		}
		return nil
	})
}

// titlesOf gives the titles of applications.
func titlesOf(ctx context.Context, tx *db.Tx, ids []ref.ID) (map[ref.ID]i18n.Text, error) {
	type titled struct {
		id    ref.ID
		title i18n.Text
	}
	out := make(map[ref.ID]i18n.Text, len(ids))
	return out, db.Each(ctx, tx, func(r db.Row) (x titled, err error) {
		err = r.Scan(&x.id, &x.title)
		return x, err
	}, func(x titled) error {
		out[x.id] = x.title
		return nil
	}, `SELECT id, proposal -> 'title' FROM applications WHERE id IN `+db.In(1, len(ids)), db.Args(nil, ids)...)
}

// Outcome is what an applicant is told of the decision about the application.
type Outcome struct {
	Decision    Decision
	Ruling      Ruling
	Said        []CriterionSaid
	Appeals     []Appeal
	AppealUntil db.Date // no date where nothing can be appealed
	MayAppeal   bool
	Agreement   ref.Ref // zero while there is none
}

// Outcome tells either side what was decided about an application and why; ok is
// false before that.
func (s *Service) Outcome(ctx context.Context, by access.Actor, application ref.ID) (o Outcome, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		o = Outcome{}
		a, c, err := s.seenApplication(ctx, tx, by, application)
		if err != nil {
			return err
		}
		if o.Appeals, err = appealsOf(ctx, tx, a.ID); err != nil {
			return err
		}
		var ok bool
		if o.Ruling, ok, err = rulingOn(ctx, tx, a.ID); err != nil {
			return err
		}
		if ok {
			if o.Decision, err = decisionByID(ctx, tx, o.Ruling.DecisionID); err != nil {
				return err
			}
			if o.Said, err = s.saidOf(ctx, tx, o.Decision, a); err != nil {
				return err
			}
		}
		g, ok, err := agreementOf(ctx, tx, a.ID)
		if err != nil {
			return err
		}
		if ok {
			o.Agreement = g.Ref()
		}
		if o.AppealUntil, err = s.appealTerm(ctx, tx, a, c); err != nil {
			return err
		}
		o.MayAppeal = by.LeadsOrg(a.OrgID) && a.appealable(s.today(tx), o.AppealUntil) == nil && s.notAppealed(ctx, tx, a) == nil
		return nil
	})
	return o, err
}
