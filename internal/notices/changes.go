package notices

import (
	"cmp"
	"context"
	"slices"
	"time"

	"birge/internal/obligations"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// Change is what happened to one page that a reader follows.
type Change struct {
	Page  ref.Ref
	Deeds []Deed
	// Why are the subjects through which the reader follows the page.
	Why []ref.Ref
	// At is when it changed last.
	At db.Time
}

// act is one entry of the journal, as far as it is told.
type act struct {
	seq           int64
	at            db.Time
	act           string
	actor, behalf ref.ID
	// thing is what the entry tells of: the page itself, or a part of it.
	thing part
	// owner is who owes, when the entry tells of an obligation.
	owner ref.ID
	owed  ref.ID
}

// part is a thing by kind and id alone.
type part struct {
	kind string
	id   ref.ID
}

// touched is a page with what was done to it, in the order of the chain.
type touched struct {
	Page
	acts []act
}

// span is what the public journal tells between two places, page by page, in the
// order in which the pages were first touched.
type span struct {
	from, to int64
	pages    []*touched
}

// pagesStep is how many pages are looked up at once.
const pagesStep = 500

// spanOf reads a span. The last one is kept, because all digests of a round ask
// for nearly the same.
func (s *Service) spanOf(ctx context.Context, from, to int64) (*span, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.last != nil && s.last.to == to && s.last.from <= from {
		return s.last, nil
	}
	sp := &span{from: from, to: to}
	err := s.db.View(ctx, func(tx *db.Tx) error { return s.read(ctx, tx, sp) })
	if err == nil {
		err = s.lookUp(ctx, sp)
	}
	if err != nil {
		return nil, err
	}
	s.last = sp
	return sp, nil
}

func (s *Service) read(ctx context.Context, tx *db.Tx, sp *span) error {
	byKey, names := map[ref.Ref]*touched{}, map[string]string{}
	one := func(name string) string { // one string for each act and kind, however many entries
		if _, ok := names[name]; !ok {
			names[name] = name
		}
		return names[name]
	}
	var owed []ref.ID
	err := journal.Span(ctx, tx, sp.from, sp.to, func(e journal.Entry) error {
		key := ref.Ref{Kind: e.Root.Kind, ID: e.Root.ID}
		t, ok := byKey[key]
		if !ok {
			t = &touched{Page: Page{Ref: key}}
			byKey[key] = t
			sp.pages = append(sp.pages, t)
		}
		a := act{seq: e.Seq, at: e.At, act: one(e.Act), thing: part{one(e.Thing.Kind), e.Thing.ID}, actor: e.Actor, behalf: e.Behalf}
		if e.Thing.Kind == obligations.Kind {
			a.owed = e.Thing.ID
			owed = append(owed, a.owed)
		}
		t.acts = append(t.acts, a)
		return nil
	})
	if err != nil {
		return err
	}
	owners, err := s.Obligations.Owners(ctx, tx, owed)
	for _, t := range sp.pages {
		for i := range t.acts {
			t.acts[i].owner = owners[t.acts[i].owed]
		}
	}
	return err
}

// lookUp finds the pages as they stand now; what strangers may not see is left out.
func (s *Service) lookUp(ctx context.Context, sp *span) error {
	var found []*touched
	for some := range slices.Chunk(sp.pages, pagesStep) {
		roots := make([]ref.Ref, len(some))
		for i, t := range some {
			roots[i] = t.Ref
		}
		pages, err := s.Pages(ctx, roots)
		if err != nil {
			return err
		}
		for _, t := range some {
			if p, ok := pages[t.Key()]; ok {
				t.Page = p
				found = append(found, t)
			}
		}
	}
	sp.pages = found
	return nil
}

// within tells whether a place is, or lies in, a wider one.
type within func(id, wider ref.ID) bool

// covers tells whether a follow of a thing is about an act on a page: the page is
// followed, or the part of it that the act is on.
func (f Follow) covers(p Page, a act, in within) bool {
	switch f.Kind {
	case KindOwed:
		return a.owed != 0 && a.owner == f.Ref.ID
	case "organization":
		return p.Kind == f.Kind && p.ID == f.Ref.ID || slices.Contains(p.Sides, f.Ref.ID)
	case "place":
		return slices.ContainsFunc(p.Places, func(at ref.ID) bool { return in(at, f.Ref.ID) })
	}
	return p.Kind == f.Kind && p.ID == f.Ref.ID || a.thing == part{f.Kind, f.Ref.ID}
}

// sieve finds in a span what one reader is to be told.
type sieve struct {
	person  ref.ID // whose own acts are left out; 0 for an address
	follows []Follow
	// shown are the pages of each list that is followed, by follow and key.
	shown map[ref.ID]map[string]bool
	// after is the place from which on a follow is told.
	after func(Follow) int64
	in    within
}

// changes lists what a span tells the reader, the page that changed last first.
func (v sieve) changes(sp *span) []Change {
	var out []Change
	for _, t := range sp.pages {
		if c, ok := v.change(t); ok {
			out = append(out, c)
		}
	}
	slices.SortStableFunc(out, func(a, b Change) int { return b.At.Compare(a.At.Time) })
	return out
}

func (v sieve) change(t *touched) (c Change, ok bool) {
	c.Page = t.Ref
	why := make([]bool, len(v.follows))
	for _, a := range t.acts {
		told := false
		for i, f := range v.follows {
			if a.seq > v.after(f) && !v.own(a) && v.covers(f, t.Page, a) {
				told, why[i] = true, true
			}
		}
		if told {
			c.add(a)
		}
	}
	for i, f := range v.follows {
		if why[i] {
			c.Why = append(c.Why, f.Ref)
		}
	}
	slices.SortFunc(c.Deeds, func(a, b Deed) int { return cmp.Or(b.At.Compare(a.At.Time), cmp.Compare(a.Act, b.Act)) })
	return c, len(c.Deeds) > 0
}

func (v sieve) covers(f Follow, p Page, a act) bool {
	if f.Kind == KindList {
		return v.shown[f.ID][p.Key()] || a.owed != 0 && v.shown[f.ID][owedRef(a.owed).Key()]
	}
	return f.covers(p, a, v.in)
}

// own tells that the reader did it, or that it was done for them at the help desk.
func (v sieve) own(a act) bool { return v.person != 0 && (a.actor == v.person || a.behalf == v.person) }

// add counts an act with those of the same name.
func (c *Change) add(a act) {
	if a.at.After(c.At.Time) {
		c.At = a.at
	}
	for i := range c.Deeds {
		if d := &c.Deeds[i]; d.Act == a.act {
			d.Times++
			if a.at.After(d.At.Time) {
				d.At = a.at
			}
			return
		}
	}
	c.Deeds = append(c.Deeds, Deed{Act: a.act, At: a.at, Times: 1})
}

func owedRef(id ref.ID) ref.Ref { return ref.Ref{Kind: obligations.Kind, ID: id} }

// things are the pages of a span and the public obligations that it tells of.
func (sp *span) things() []ref.Ref {
	var out []ref.Ref
	seen := map[ref.ID]bool{}
	for _, t := range sp.pages {
		out = append(out, t.Ref)
		for _, a := range t.acts {
			if a.owner != 0 && !seen[a.owed] {
				seen[a.owed] = true
				out = append(out, owedRef(a.owed))
			}
		}
	}
	return out
}

// told is what a reader is to be told of a span, from a place on for each follow.
func (s *Service) told(ctx context.Context, r Reader, follows []Follow, sp *span, after func(Follow) int64) ([]Change, error) {
	v := sieve{person: r.PersonID, follows: follows, shown: map[ref.ID]map[string]bool{}, after: after, in: s.Places.Tree().Within}
	for _, f := range follows {
		if f.Kind != KindList {
			continue
		}
		shown, err := s.Among(ctx, f.Path, sp.things())
		if err != nil {
			return nil, err
		}
		v.shown[f.ID] = map[string]bool{}
		for _, r := range shown {
			v.shown[f.ID][r.Key()] = true
		}
	}
	return v.changes(sp), nil
}

// What the desk and the feed show: the last fortnight, as far as the last places
// of the chain go. A digest misses nothing; these are glances.
const (
	glanceDays   = 14
	glancePlaces = 3000
)

// Changes is what changed lately in what the person who acts follows.
func (s *Service) Changes(ctx context.Context, by access.Actor) (list []Change, follows int, err error) {
	var r Reader
	var all []Follow
	err = s.db.View(ctx, func(tx *db.Tx) error {
		var ok bool
		if r, ok, err = readerOfPerson(ctx, tx, by.UserID); err != nil || !ok {
			return err
		}
		all, err = followsOf(ctx, tx, r.ID)
		return err
	})
	if err != nil || len(all) == 0 {
		return nil, 0, err
	}
	list, err = s.glance(ctx, r, all)
	return list, len(all), err
}

func (s *Service) glance(ctx context.Context, r Reader, follows []Follow) ([]Change, error) {
	var to int64
	if err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		to, err = journal.Seq(ctx, tx)
		return err
	}); err != nil {
		return nil, err
	}
	from := max(0, to-glancePlaces)
	sp, err := s.spanOf(ctx, from, to)
	if err != nil {
		return nil, err
	}
	list, err := s.told(ctx, r, follows, sp, func(Follow) int64 { return from })
	since := s.db.Now().Add(-glanceDays * 24 * time.Hour)
	return slices.DeleteFunc(list, func(c Change) bool { return c.At.Before(since) }), err
}

// Feed is what the bearer of the secret address of a feed is told, and in which
// language.
func (s *Service) Feed(ctx context.Context, token string) (r Reader, list []Change, err error) {
	var follows []Follow
	err = s.db.View(ctx, func(tx *db.Tx) error {
		var ok bool
		if r, ok, err = readerOfFeed(ctx, tx, hashOf(token)); err != nil {
			return err
		}
		if !ok {
			return problem.New(problem.NotFound, "problem.not_found")
		}
		if r.Lang, _, err = s.address(ctx, tx, r); err != nil {
			return err
		}
		follows, err = followsOf(ctx, tx, r.ID)
		return err
	})
	if err != nil {
		return r, nil, err
	}
	list, err = s.glance(ctx, r, follows)
	return r, list, err
}
