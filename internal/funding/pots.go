package funding

import (
	"context"
	"io"
	"slices"
	"strconv"

	"birge/internal/obligations"
	"birge/internal/orgs"
	"birge/internal/places"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/files"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/projects"
)

// YearApprovalOwed is the approval of a year that a funder has promised.
const YearApprovalOwed = "funding.pot.approve"

// CreatePot sets money of a programme aside for a place.
func (s *Service) CreatePot(ctx context.Context, by access.Actor, p Pot) (Pot, error) {
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		programme, err := projects.ProgrammeIn(ctx, tx, p.ProgrammeID)
		if err != nil {
			return err
		}
		p.ID, p.Version, p.FunderID, p.Title = tx.NewID(), 1, programme.FunderID, p.Title.Trim()
		p.Sample = p.Sample || programme.Sample
		as, err := p.mayKeep(by, s.Places.Tree().Path(p.PlaceID))
		if err != nil {
			return err
		}
		planned := p
		p.Years = nil
		p.replan(planned)
		if err := s.settlePot(ctx, tx, as, programme, &p); err != nil {
			return err
		}
		if err := insertPot(ctx, tx, p); err != nil {
			return err
		}
		return journal.Record(ctx, tx, as, "funding.pot.create", nil, p)
	})
	return p, err
}

// settlePot judges a pot beside the others of its programme, numbers its years and
// makes the approvals owed that were promised.
func (s *Service) settlePot(ctx context.Context, tx *db.Tx, by access.Actor, programme projects.Programme, p *Pot) error {
	all, err := potsOf(ctx, tx, p.ProgrammeID)
	if err != nil {
		return err
	}
	others := slices.DeleteFunc(all, func(x Pot) bool { return x.ID == p.ID })
	if err := p.check(programme, others); err != nil {
		return err
	}
	var bad problem.Fields
	tree := s.Places.Tree()
	_, ok := tree.Place(p.PlaceID)
	bad.Reject(!ok, "place", "form.unknown_choice")
	bad.Reject(ok && !tree.Within(p.PlaceID, programme.PlaceID), "place", "funding.pot.outside_programme")
	if err := bad.Err(); err != nil {
		return err
	}
	p.Years = slices.Clone(p.Years)
	for i := range p.Years {
		if p.Years[i].ID == 0 {
			p.Years[i].ID = tx.NewID()
		}
	}
	return s.oweApprovals(ctx, tx, by, *p)
}

// MayCut judges a programme whose years change: it never has less than its pots
// already promise.
func (s *Service) MayCut(ctx context.Context, tx *db.Tx, before, after projects.Programme) error {
	pots, err := potsOf(ctx, tx, before.ID)
	if err != nil {
		return err
	}
	return cutFaults(before, after, pots).Err()
}

// yearThing is a year of a pot as obligations know it.
func yearThing(p Pot, y PotYear) ref.Ref {
	return ref.Ref{Kind: "pot_year", ID: y.ID, Title: p.Title, Path: p.Ref().Path + "#years"}
}

// oweApprovals makes the funder owe the approval of each year for which a day was
// promised.
func (s *Service) oweApprovals(ctx context.Context, tx *db.Tx, by access.Actor, p Pot) error {
	sides, err := orgs.Refs(ctx, tx, []ref.ID{p.FunderID})
	if err != nil {
		return err
	}
	for _, y := range p.Years {
		if y.Approved() || y.ApproveBy.IsZero() {
			continue
		}
		if _, err := s.Obligations.Owe(ctx, tx, by, obligations.Debt{Kind: YearApprovalOwed, WhatKey: "funding.owed.year_approval",
			WhatArgs: []string{"year", db.Day(y.Year, 1, 1).String()[:4]}, Ground: obligations.Promise, GroundText: p.Title,
			Thing: yearThing(p, y), Root: p.Ref(), Owner: sides[p.FunderID], Due: y.ApproveBy, PlaceID: p.PlaceID, Sample: p.Sample}); err != nil {
			return err
		}
	}
	return nil
}

// potRule changes a pot.
type potRule func(tx *db.Tx, as access.Actor, programme projects.Programme, p *Pot) error

// changePot loads a pot with its programme, asks the right, applies a rule, stores
// and records it.
func (s *Service) changePot(ctx context.Context, by access.Actor, act string, id ref.ID, version int64, f potRule) (p Pot, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		before, err := potByID(ctx, tx, id)
		if err != nil {
			return err
		}
		as, err := before.mayKeep(by, s.Places.Tree().Path(before.PlaceID))
		if err != nil {
			return err
		}
		if version != 0 && version != before.Version {
			return problem.New(problem.Conflict, "problem.changed_meanwhile")
		}
		programme, err := projects.ProgrammeIn(ctx, tx, before.ProgrammeID)
		if err != nil {
			return err
		}
		p = before
		if err := f(tx, as, programme, &p); err != nil {
			return err
		}
		p.Version++
		if err := updatePot(ctx, tx, p); err != nil {
			return err
		}
		return journal.Record(ctx, tx, as, act, before, p)
	})
	return p, err
}

// EditPot changes what a pot plans; years that were approved stay as they are.
func (s *Service) EditPot(ctx context.Context, by access.Actor, id ref.ID, version int64, n Pot) (Pot, error) {
	return s.changePot(ctx, by, "funding.pot.edit", id, version, func(tx *db.Tx, as access.Actor, programme projects.Programme, p *Pot) error {
		before := *p
		p.replan(n)
		if _, err := p.mayKeep(by, s.Places.Tree().Path(p.PlaceID)); err != nil { // money is not moved to where the actor has no say
			return err
		}
		if err := s.settlePot(ctx, tx, as, programme, p); err != nil {
			return err
		}
		return s.freePromises(ctx, tx, as, before, *p)
	})
}

// freePromises ends what was owed for years that a pot has no more.
func (s *Service) freePromises(ctx context.Context, tx *db.Tx, by access.Actor, before, p Pot) error {
	for _, y := range before.Years {
		if _, there := p.year(y.Year); there {
			continue
		}
		if err := s.Obligations.Settle(ctx, tx, by, yearThing(p, y), YearApprovalOwed, obligations.Released, s.today(tx)); err != nil {
			return err
		}
	}
	return nil
}

// ApproveYear makes the money of a year what an act says. From then on it can be
// bound; it is never cut below what is bound.
func (s *Service) ApproveYear(ctx context.Context, by access.Actor, id ref.ID, version int64, a Approval) (Pot, error) {
	return s.changePot(ctx, by, "funding.pot.approve", id, version, func(tx *db.Tx, as access.Actor, programme projects.Programme, p *Pot) error {
		bound, err := bindingsOf(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := p.approve(a, boundIn(bound, a.Year), s.today(tx)); err != nil {
			return err
		}
		all, err := potsOf(ctx, tx, p.ProgrammeID)
		if err != nil {
			return err
		}
		others := slices.DeleteFunc(all, func(x Pot) bool { return x.ID == p.ID })
		if left, set := leftOf(programme, others, a.Year); set && a.Sum > left {
			return problem.Fields{"sum": {Key: "funding.pot.over_programme", Args: []any{"left", i18n.Tiyn(max(left, 0)), "year", strconv.Itoa(a.Year)}}}.Err()
		}
		if err := s.keepPaper(ctx, tx, as, p, a); err != nil {
			return err
		}
		y, _ := p.year(a.Year)
		return s.Obligations.Settle(ctx, tx, as, yearThing(*p, y), YearApprovalOwed, obligations.Kept, s.today(tx))
	})
}

// keepPaper lays the act beside the pot, for everybody.
func (s *Service) keepPaper(ctx context.Context, tx *db.Tx, by access.Actor, p *Pot, a Approval) error {
	if a.Paper == nil {
		return nil
	}
	f, err := s.Files.Add(ctx, tx, by, files.NewFile{Checked: a.Paper, Owner: p.Ref(), Public: true})
	for i := range p.Years {
		if p.Years[i].Year == a.Year {
			p.Years[i].Paper = f.ID
		}
	}
	return err
}

// MaxPaper is how much the paper of an act may weigh, in bytes.
const MaxPaper = 20 << 20

// CheckPaper receives the paper of an act and judges it by its bytes.
func (s *Service) CheckPaper(ctx context.Context, by access.Actor, pot ref.ID, name string, r io.Reader) (*files.Checked, error) {
	err := s.db.View(ctx, func(tx *db.Tx) error {
		p, err := potByID(ctx, tx, pot)
		if err != nil {
			return err
		}
		_, err = p.mayKeep(by, s.Places.Tree().Path(p.PlaceID))
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.Files.Check(ctx, name, r, files.Documents, MaxPaper)
}

// Want is money that a thing wants bound: a sum of a year of a pot.
type Want struct {
	PotID ref.ID
	Year  int
	Sum   int64
}

// reserve binds for a thing exactly what it wants and lets go of what else was
// bound for it. It is the only way in which money is bound: never more than the
// ceiling of a year, nor of a year that was not approved.
func (s *Service) reserve(ctx context.Context, tx *db.Tx, by access.Actor, thing ref.Ref, wants []Want) error {
	bound, err := bindingsFor(ctx, tx, thing)
	if err != nil {
		return err
	}
	left := slices.Clone(wants)
	for _, b := range bound {
		i := slices.IndexFunc(left, func(w Want) bool { return w.PotID == b.PotID && w.Year == b.Year })
		want := int64(0)
		if i >= 0 {
			want = left[i].Sum
			left = slices.Delete(left, i, i+1)
		}
		if err := s.rebind(ctx, tx, by, b, want); err != nil {
			return err
		}
	}
	for _, w := range left {
		if w.Sum <= 0 {
			continue
		}
		if err := s.bind(ctx, tx, by, Binding{ID: tx.NewID(), PotID: w.PotID, Year: w.Year, For: thing, Sum: w.Sum, Version: 1}); err != nil {
			return err
		}
	}
	return nil
}

// room asks whether a year of a pot has room for a sum more.
func (s *Service) room(ctx context.Context, tx *db.Tx, pot ref.ID, year int, more int64) error {
	p, err := potByID(ctx, tx, pot)
	if err != nil {
		return err
	}
	bound, err := bindingsOf(ctx, tx, pot)
	if err != nil {
		return err
	}
	return p.bind(year, boundIn(bound, year), more)
}

func (s *Service) bind(ctx context.Context, tx *db.Tx, by access.Actor, b Binding) error {
	if err := s.room(ctx, tx, b.PotID, b.Year, b.Sum); err != nil {
		return err
	}
	if err := insertBinding(ctx, tx, b); err != nil {
		return err
	}
	return journal.Record(ctx, tx, by, "funding.pot.bind", nil, b)
}

// rebind makes what is bound another sum; nothing is bound any more for none.
func (s *Service) rebind(ctx context.Context, tx *db.Tx, by access.Actor, b Binding, sum int64) error {
	before := b
	switch {
	case sum == b.Sum:
		return nil
	case sum <= 0:
		if err := deleteBinding(ctx, tx, b); err != nil {
			return err
		}
		return journal.Record(ctx, tx, by, "funding.pot.free", b, nil)
	case sum > b.Sum:
		if err := s.room(ctx, tx, b.PotID, b.Year, sum-b.Sum); err != nil {
			return err
		}
	}
	b.Sum, b.Version = sum, b.Version+1
	if err := updateBinding(ctx, tx, b); err != nil {
		return err
	}
	return journal.Record(ctx, tx, by, "funding.pot.bind", before, b)
}

// PotStory is what the page of a pot tells. Money is in tiyn.
type PotStory struct {
	Pot       Pot
	Day       db.Date
	Programme ref.Ref
	Funder    ref.Ref
	Bound     []Binding
	// Free is by binding what its call has not given yet and could let go of, for those
	// who keep the pot.
	Free   map[ref.ID]int64
	Topics []Topic // for which the money was voted
	// Approved are topics of the funder that wait for their money.
	Approved []Topic
	Papers   map[ref.ID]files.File // of the acts
	// Agreed is the money of agreed projects of the programme in the place and the
	// years of the pot, and where it went.
	Agreed  []AgreedYear
	Owed    []obligations.Obligation
	Past    []journal.Deed
	MayKeep bool
}

// AgreedYear is the money of agreed projects in one year, and what of it goes to
// districts.
type AgreedYear struct {
	Year           int
	All, Districts int64
}

// BoundIn adds up what is bound in a year.
func (st PotStory) BoundIn(year int) int64 { return boundIn(st.Bound, year) }

// ToDistricts is the share of the agreed money that goes to districts, percent; ok
// is false while nothing is agreed.
func (st PotStory) ToDistricts() (percent int, ok bool) { return shareToDistricts(st.Agreed) }

func shareToDistricts(years []AgreedYear) (percent int, ok bool) {
	var all, districts int64
	for _, y := range years {
		all += y.All
		districts += y.Districts
	}
	if all == 0 {
		return 0, false
	}
	return int((districts*100 + all/2) / all), true
}

// PotStory tells of a pot.
func (s *Service) PotStory(ctx context.Context, by access.Actor, id ref.ID) (st PotStory, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		st = PotStory{Day: s.today(tx)}
		if st.Pot, err = potByID(ctx, tx, id); err != nil {
			return err
		}
		p := st.Pot
		_, err := p.mayKeep(by, s.Places.Tree().Path(p.PlaceID))
		st.MayKeep = by.SignedIn() && err == nil
		programme, err := projects.ProgrammeIn(ctx, tx, p.ProgrammeID)
		if err != nil {
			return err
		}
		st.Programme = programme.Ref()
		names, err := orgs.Refs(ctx, tx, []ref.ID{p.FunderID})
		if err != nil {
			return err
		}
		st.Funder = names[p.FunderID]
		if st.Bound, err = bindingsOf(ctx, tx, id); err != nil {
			return err
		}
		if st.Topics, err = topicsOfPot(ctx, tx, id); err != nil {
			return err
		}
		if st.MayKeep {
			if st.Free, err = freeOf(ctx, tx, st.Bound); err != nil {
				return err
			}
			if st.Approved, err = topicsOfBody(ctx, tx, p.FunderID, TopicApproved, mostTopics); err != nil {
				return err
			}
			st.Approved = slices.DeleteFunc(st.Approved, func(t Topic) bool {
				_, ok := p.year(t.Year)
				return t.PotID != 0 || !ok
			})
		}
		papers, err := s.Files.Of(ctx, tx, KindPot, id)
		if err != nil {
			return err
		}
		st.Papers = map[ref.ID]files.File{}
		for _, f := range papers {
			st.Papers[f.ID] = f
		}
		if st.Owed, err = s.Obligations.Told(ctx, tx, p.Ref()); err != nil {
			return err
		}
		if st.Agreed, err = s.agreedOf(ctx, tx, p); err != nil {
			return err
		}
		st.Past, err = journal.Acts(ctx, tx, p.Ref(), pastShown)
		return err
	})
	return st, err
}

// freeOf is what of bindings the rounds of their calls have not given.
func freeOf(ctx context.Context, tx *db.Tx, bound []Binding) (map[ref.ID]int64, error) {
	ids := make([]ref.ID, len(bound))
	for i, b := range bound {
		ids[i] = b.For.ID
	}
	calls, err := publishedByIDs(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	free := map[ref.ID]int64{}
	for _, c := range calls {
		given, err := givenByRounds(ctx, tx, c.ID)
		if err != nil {
			return nil, err
		}
		for _, b := range bound {
			if b.For.ID != c.ID {
				continue
			}
			free[b.ID] = b.Sum
			for _, r := range c.Rounds {
				if r.Year == b.Year {
					free[b.ID] -= given[r.No]
				}
			}
		}
	}
	return free, nil
}

// agreedOf counts the agreed projects of the pot's programme within its place, in
// its years.
func (s *Service) agreedOf(ctx context.Context, tx *db.Tx, p Pot) ([]AgreedYear, error) {
	rows, err := projects.AgreedByPlace(ctx, tx, p.ProgrammeID)
	if err != nil {
		return nil, err
	}
	tree := s.Places.Tree()
	meant := func(r projects.PlaceYear) bool {
		_, planned := p.year(r.Year)
		return planned && tree.Within(r.PlaceID, p.PlaceID)
	}
	return byYear(rows, meant, func(place ref.ID) bool { return inDistrict(tree, place) }), nil
}

// byYear adds up the rows that are meant by year.
func byYear(rows []projects.PlaceYear, meant func(projects.PlaceYear) bool, district func(place ref.ID) bool) (out []AgreedYear) {
	for _, r := range rows {
		if !meant(r) {
			continue
		}
		i := slices.IndexFunc(out, func(y AgreedYear) bool { return y.Year == r.Year })
		if i < 0 {
			i = len(out)
			out = append(out, AgreedYear{Year: r.Year})
		}
		out[i].All += r.Planned
		if district(r.PlaceID) {
			out[i].Districts += r.Planned
		}
	}
	slices.SortFunc(out, func(a, b AgreedYear) int { return a.Year - b.Year })
	return out
}

// inDistrict tells that a place is or lies in a district, and not in a city of its
// own nor in the region as a whole.
func inDistrict(tree *places.Tree, id ref.ID) bool {
	return slices.ContainsFunc(tree.Path(id), func(around ref.ID) bool {
		p, _ := tree.Place(around)
		return p.Kind == places.District
	})
}

// PotLine is a pot with what is bound of it, for the page of its programme.
type PotLine struct {
	Pot
	Bound int64
}

// PotsOf lists the pots of a programme.
func (s *Service) PotsOf(ctx context.Context, programme ref.ID) (list []PotLine, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		list = nil
		pots, err := potsOf(ctx, tx, programme)
		if err != nil {
			return err
		}
		for _, p := range pots {
			bound, err := bindingsOf(ctx, tx, p.ID)
			if err != nil {
				return err
			}
			l := PotLine{Pot: p}
			for _, b := range bound {
				l.Bound += b.Sum
			}
			list = append(list, l)
		}
		return nil
	})
	return list, err
}

// MayMakePot tells whether the actor may set money of a programme aside.
func (s *Service) MayMakePot(by access.Actor, programme projects.Programme) bool {
	return by.SignedIn() && s.Projects.MayKeepProgramme(by, programme)
}
