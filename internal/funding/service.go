package funding

import (
	"context"
	"reflect"
	"slices"
	"time"

	"birge/internal/norms"
	"birge/internal/obligations"
	"birge/internal/orgs"
	"birge/internal/panels"
	"birge/internal/places"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/files"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/search"
	"birge/internal/platform/signatures"
	"birge/internal/projects"
)

// Deps is what the room needs of those below it.
type Deps struct {
	// Zone is where days begin and end.
	Zone        *time.Location
	Places      *places.Service
	Norms       *norms.Service
	Obligations *obligations.Service
	Projects    *projects.Service
	Panels      *panels.Service
	Files       *files.Service
	Search      *search.Engine
	// Signatures judges signature files; Verifier looks at those that it cannot
	// judge, nil where the operator has set up none.
	Signatures *signatures.Checker
	Verifier   *signatures.Remote
	// Paper draws the document of an agreement.
	Paper func(AgreementPaper) ([]byte, error)
	// Tell writes to those who speak for an applicant how the application stands,
	// in the transaction of the change; without it nobody is written to.
	Tell func(ctx context.Context, tx *db.Tx, l ApplicationLetter) error
	// TellAll writes a message to the people of one applicant, in the same way.
	TellAll func(ctx context.Context, tx *db.Tx, l MessageLetter) error
}

// Service is the door of the room for pages, API, jobs and commands alike.
type Service struct {
	db *db.DB
	Deps

	// What earlier texts said and what things cost, kept near by the feed.
	radar  *Radar
	prices *Prices
}

// New makes the service.
func New(d *db.DB, deps Deps) *Service {
	return &Service{db: d, Deps: deps, radar: NewRadar(mostMarks), prices: NewPrices()}
}

// Now is the portal's time.
func (s *Service) Now() time.Time { return s.db.Now() }

// Today is the day it is on the portal.
func (s *Service) Today() db.Date { return db.DateOf(s.db.Now().In(s.Zone)) }

func (s *Service) today(tx *db.Tx) db.Date { return db.DateOf(tx.Now().In(s.Zone)) }

// NewCall is what somebody gives to begin a call.
type NewCall struct {
	FunderID ref.ID
	Terms
	Sample bool
}

// CreateCall begins a call as a draft that the funder's side alone sees.
func (s *Service) CreateCall(ctx context.Context, by access.Actor, n NewCall) (c Call, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		c = Call{ID: tx.NewID(), FunderID: n.FunderID, Terms: n.Terms.tidy(), Sample: n.Sample, CreatedAt: db.At(tx.Now()), Version: 1}
		as, err := s.mayKeepCall(by, c)
		if err != nil {
			return err
		}
		if err := s.judgeCall(ctx, tx, c); err != nil {
			return err
		}
		if c.Number, err = numberIn(ctx, tx, KindCall, s.today(tx).Year()); err != nil {
			return err
		}
		if err := insertCall(ctx, tx, c); err != nil {
			return err
		}
		return journal.Record(ctx, tx, as, "funding.call.create", nil, c)
	})
	return c, err
}

// judgeCall checks the shape of a call and everything that it names.
func (s *Service) judgeCall(ctx context.Context, tx *db.Tx, c Call) error {
	if err := c.Check(); err != nil {
		return err
	}
	bad := checkRules(c.Eligibility, Env(s.Norms.Book()))
	_, ok := s.Places.Tree().Place(c.PlaceID)
	bad.Reject(!ok, "place", "form.unknown_choice")
	for _, code := range c.Spheres {
		bad.Reject(!s.Norms.Book().InUse(norms.Spheres, code), "spheres", "form.unknown_choice")
	}
	if c.FormID != 0 {
		_, err := formVersion(ctx, tx, c.FormID, c.FormVersion)
		if err != nil && !problem.Is(err, problem.NotFound) {
			return err
		}
		bad.Reject(err != nil, "form", "form.unknown_choice")
	}
	funder, err := orgs.ByIDs(ctx, tx, []ref.ID{c.FunderID})
	if err != nil {
		return err
	}
	bad.Reject(len(funder) == 0, "funder", "form.unknown_choice")
	if c.ProgrammeID != 0 {
		p, err := projects.ProgrammeIn(ctx, tx, c.ProgrammeID)
		if err != nil && !problem.Is(err, problem.NotFound) {
			return err
		}
		bad.Reject(err != nil || p.FunderID != c.FunderID, "programme", "form.unknown_choice")
	}
	if err := checkTopics(ctx, tx, c, &bad); err != nil {
		return err
	}
	return bad.Err()
}

// callRule changes a call and gives the actor in the role that allows it.
type callRule func(tx *db.Tx, c *Call) error

// changeCall loads a call, asks the right, applies a rule, stores and records it.
// version is the one that the person saw, 0 when it does not matter.
func (s *Service) changeCall(ctx context.Context, by access.Actor, act string, id ref.ID, version int64, f callRule) (c Call, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		before, as, err := s.keptCall(ctx, tx, by, id)
		if err != nil {
			return err
		}
		c = before
		if version != 0 && version != before.Version {
			return problem.New(problem.Conflict, "problem.changed_meanwhile")
		}
		if err := f(tx, &c); err != nil {
			return err
		}
		if _, err := s.mayKeepCall(by, c); err != nil { // a call is not moved to where the actor has no say
			return err
		}
		if err := s.judgeCall(ctx, tx, c); err != nil {
			return err
		}
		if err := s.bindPot(ctx, tx, as, c); err != nil {
			return err
		}
		c.Version++
		if err := updateCall(ctx, tx, c); err != nil {
			return err
		}
		if err := s.recountChanged(ctx, tx, before, c); err != nil {
			return err
		}
		return journal.Record(ctx, tx, as, act, before, c)
	})
	return c, err
}

// keptCall loads a call for those who run it.
func (s *Service) keptCall(ctx context.Context, tx *db.Tx, by access.Actor, id ref.ID) (Call, access.Actor, error) {
	c, err := s.visibleCall(ctx, tx, by, id)
	if err != nil {
		return c, by, err
	}
	as, err := s.mayKeepCall(by, c)
	return c, as, err
}

// visibleCall loads a call; a draft is there for the funder's side only.
func (s *Service) visibleCall(ctx context.Context, tx *db.Tx, by access.Actor, id ref.ID) (Call, error) {
	c, err := callByID(ctx, tx, id)
	if err == nil && !c.Published() && !s.MayKeepCall(by, c) {
		return Call{}, problem.New(problem.NotFound, "problem.not_found")
	}
	return c, err
}

// CallIn finds a call as it stands, whoever asks.
func (s *Service) CallIn(ctx context.Context, tx *db.Tx, id ref.ID) (Call, error) {
	return callByID(ctx, tx, id)
}

// bindPot binds the money of the rounds of a published call to its pot, and lets
// go of it when the call is cancelled.
func (s *Service) bindPot(ctx context.Context, tx *db.Tx, by access.Actor, c Call) error {
	if c.PotID == 0 {
		return s.reserve(ctx, tx, by, c.Ref(), nil)
	}
	p, err := potByID(ctx, tx, c.PotID)
	if problem.Is(err, problem.NotFound) || err == nil && (p.FunderID != c.FunderID || p.Kind != c.Kind) {
		return problem.Fields{"pot": {Key: "form.unknown_choice"}}.Err()
	}
	if err != nil {
		return err
	}
	given, err := givenByRounds(ctx, tx, c.ID)
	if err != nil {
		return err
	}
	return s.reserve(ctx, tx, by, c.Ref(), c.wants(given))
}

// wants is the money that a call binds by year: from its publication that of its
// rounds; once it is called off what they have given, which stays given.
func (c Call) wants(given map[int]int64) (list []Want) {
	if !c.Published() {
		return nil
	}
	for _, r := range c.Rounds {
		if c.Cancelled() {
			r.Sum = given[r.No]
		}
		i := slices.IndexFunc(list, func(w Want) bool { return w.Year == r.Year })
		if i < 0 {
			i = len(list)
			list = append(list, Want{PotID: c.PotID, Year: r.Year})
		}
		list[i].Sum += r.Sum
	}
	return list
}

// EditCall replaces the terms of a draft.
func (s *Service) EditCall(ctx context.Context, by access.Actor, id ref.ID, version int64, t Terms) (Call, error) {
	return s.changeCall(ctx, by, "funding.call.edit", id, version, func(tx *db.Tx, c *Call) error {
		if c.Published() {
			return problem.New(problem.Conflict, "funding.is_published")
		}
		before := c.Files
		t.Files = c.kept(t.Files)
		c.Terms = t.tidy()
		for _, f := range before {
			if !slices.Contains(c.Files, f) {
				if err := s.Files.Delete(ctx, tx, by, f.FileID); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// PublishCall brings a draft out.
func (s *Service) PublishCall(ctx context.Context, by access.Actor, id ref.ID, version int64) (Call, error) {
	return s.changeCall(ctx, by, "funding.call.publish", id, version, func(tx *db.Tx, c *Call) error {
		today := s.today(tx)
		if err := c.Publish(tx.Now(), today, limitsOf(s.Norms.Book(), c.Terms, today)); err != nil {
			return err
		}
		return s.showFiles(ctx, tx, by, *c)
	})
}

// ReviseCall changes a published call by a revision.
func (s *Service) ReviseCall(ctx context.Context, by access.Actor, id ref.ID, version int64, n Change) (Call, error) {
	return s.changeCall(ctx, by, "funding.call.revise", id, version, func(tx *db.Tx, c *Call) error {
		n.Terms.Files = c.kept(n.Terms.Files)
		return s.revise(ctx, tx, by, c, n)
	})
}

// revise changes a published call and keeps the revision.
func (s *Service) revise(ctx context.Context, tx *db.Tx, by access.Actor, c *Call, n Change) error {
	n.Terms = n.Terms.tidy()
	counts, err := s.countsOf(ctx, tx, c.ID)
	if err != nil {
		return err
	}
	r, err := c.Revise(n, tx.Now(), counts, s.settled(tx, c.NormsOn), limitsOf(s.Norms.Book(), n.Terms, c.NormsOn))
	if err != nil {
		return err
	}
	return s.keepRevision(ctx, tx, by, *c, r)
}

// keepRevision keeps a change of a call for ever.
func (s *Service) keepRevision(ctx context.Context, tx *db.Tx, by access.Actor, c Call, r Revision) error {
	r.ID = tx.NewID()
	as, err := s.mayKeepCall(by, c)
	if err != nil {
		return err
	}
	if err := insertRevision(ctx, tx, r); err != nil {
		return err
	}
	return journal.Record(ctx, tx, as, "funding.call.revision", nil, r)
}

// CutRound takes money out of a round that has closed and lets go of it in the pot,
// so that the pot can be cut too. What was given is never taken back here: winners
// lose their money only by an agreement that comes to nothing.
func (s *Service) CutRound(ctx context.Context, by access.Actor, id ref.ID, version int64, no int, sum int64, reason i18n.Text) (Call, error) {
	return s.changeCall(ctx, by, "funding.call.cut", id, version, func(tx *db.Tx, c *Call) error {
		given, err := boundInRound(ctx, tx, id, no)
		if err != nil {
			return err
		}
		r, err := c.CutRound(no, sum, given, tx.Now(), reason.Trim())
		if err != nil {
			return err
		}
		return s.keepRevision(ctx, tx, by, *c, r)
	})
}

// settled is the end of the term that applicants have after a change of today, by
// the norms of a day.
func (s *Service) settled(tx *db.Tx, normsOn db.Date) time.Time {
	end := s.Norms.Book().Due("call.late_change", s.today(tx), normsOn)
	if end.IsZero() {
		return time.Time{}
	}
	return end.AddDays(1).In(s.Zone)
}

// CancelCall calls a call off.
func (s *Service) CancelCall(ctx context.Context, by access.Actor, id ref.ID, version int64, reason i18n.Text) (Call, error) {
	return s.changeCall(ctx, by, "funding.call.cancel", id, version, func(tx *db.Tx, c *Call) error {
		counts, err := s.countsOf(ctx, tx, id)
		if err != nil {
			return err
		}
		return c.Cancel(tx.Now(), counts, reason.Trim())
	})
}

// tidy is the terms as they are kept: texts without white space around them,
// rounds numbered, empty lists none at all.
func (t Terms) tidy() Terms {
	t.Title, t.About, t.Who, t.Contacts = t.Title.Trim(), t.About.Trim(), t.Who.Trim(), t.Contacts.Trim()
	t.Rounds = slices.Clone(t.Rounds)
	for i := range t.Rounds {
		t.Rounds[i].No = i + 1
	}
	v := reflect.ValueOf(&t).Elem()
	for i := range v.NumField() {
		if f := v.Field(i); f.Kind() == reflect.Slice && f.Len() == 0 {
			f.SetZero()
		}
	}
	return t
}

// countsOf tells how far the applications of a call are.
func (s *Service) countsOf(ctx context.Context, tx *db.Tx, call ref.ID) (RoundCounts, error) {
	all, err := roundCounts(ctx, tx, []ref.ID{call})
	return all[call], err
}

// CallStory is what the page of a call tells.
type CallStory struct {
	Call      Call
	Now       time.Time
	Counts    RoundCounts
	Programme ref.Ref // zero when there is none
	Funder    ref.Ref
	Revisions []Revision // the latest first
	Thread    Thread     // what it answers, and what came of it
	// Named are the topics and forms that any text of the call names.
	Named   map[ref.ID]ref.Ref
	Past    []journal.Deed
	MayKeep bool
}

// Phase is where the call stands.
func (st CallStory) Phase() Phase { return st.Call.PhaseOn(st.Now, st.Counts) }

// pastShown is how many entries the timeline of a call shows.
const pastShown = 60

// CallStory tells of a call that the actor may see.
func (s *Service) CallStory(ctx context.Context, by access.Actor, id ref.ID) (st CallStory, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		st = CallStory{Now: tx.Now()}
		if st.Call, err = s.visibleCall(ctx, tx, by, id); err != nil {
			return err
		}
		c := st.Call
		st.MayKeep = s.MayKeepCall(by, c)
		if st.Counts, err = s.countsOf(ctx, tx, id); err != nil {
			return err
		}
		names, err := orgs.Refs(ctx, tx, []ref.ID{c.FunderID})
		if err != nil {
			return err
		}
		st.Funder = names[c.FunderID]
		if c.ProgrammeID != 0 {
			p, err := projects.ProgrammeIn(ctx, tx, c.ProgrammeID)
			if err != nil {
				return err
			}
			st.Programme = p.Ref()
		}
		if st.Revisions, err = revisionsOf(ctx, tx, id); err != nil {
			return err
		}
		if st.Thread, err = threadOfCall(ctx, tx, c); err != nil {
			return err
		}
		if st.Named, err = namedBy(ctx, tx, c, st.Revisions); err != nil {
			return err
		}
		st.Past, err = journal.Acts(ctx, tx, c.Ref(), pastShown)
		return err
	})
	if err != nil {
		return st, err
	}
	return st, s.meet(ctx, &st.Thread)
}

// CallCard is what lists show of a call.
type CallCard struct {
	Call
	Phase Phase
}

// Calls gives what everybody may see of the calls with these ids, in their order.
func (s *Service) Calls(ctx context.Context, ids []ref.ID) (list []CallCard, err error) {
	return s.cards(ctx, func(tx *db.Tx) ([]Call, error) {
		rows, err := publishedByIDs(ctx, tx, ids)
		slices.SortFunc(rows, func(a, b Call) int { return slices.Index(ids, a.ID) - slices.Index(ids, b.ID) })
		return rows, err
	})
}

// LatestCalls gives the published calls that close last.
func (s *Service) LatestCalls(ctx context.Context, limit int) ([]CallCard, error) {
	return s.cards(ctx, func(tx *db.Tx) ([]Call, error) { return latestCalls(ctx, tx, limit) })
}

func (s *Service) cards(ctx context.Context, read func(tx *db.Tx) ([]Call, error)) (list []CallCard, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		list = nil
		rows, err := read(tx)
		if err != nil {
			return err
		}
		ids := make([]ref.ID, len(rows))
		for i, c := range rows {
			ids[i] = c.ID
		}
		counts, err := roundCounts(ctx, tx, ids)
		for _, c := range rows {
			list = append(list, CallCard{c, c.PhaseOn(tx.Now(), counts[c.ID])})
		}
		return err
	})
	return list, err
}

// FunderRefs names organizations; those that are not there are left out.
func (s *Service) FunderRefs(ctx context.Context, ids []ref.ID) (names map[ref.ID]ref.Ref, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		names, err = orgs.Refs(ctx, tx, ids)
		return err
	})
	return names, err
}
