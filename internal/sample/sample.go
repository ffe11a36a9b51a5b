// Package sample invents a region: its districts and villages, about 700
// organizations and 134 projects over three years, told through the rooms' own
// use-cases while a clock runs from the first act to today, with the topics, the
// money and the calls of the last months. So the sample obeys
// every rule, its figures add up, its statuses follow from its acts, and its
// past can be read as of any date.
//
// Everything is marked as a sample, lies in a region whose code begins with 99,
// and is invented: names are made of common words, and the four BINs are test
// numbers. The same seed gives the same region.
package sample

import (
	"context"
	"crypto/rand"
	"fmt"
	mathrand "math/rand/v2"
	"slices"
	"sync/atomic"
	"time"

	"birge/internal/accounts"
	"birge/internal/awards"
	"birge/internal/forums"
	"birge/internal/funding"
	"birge/internal/orgs"
	"birge/internal/panels"
	"birge/internal/places"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/files"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
	"birge/internal/projects"
	"birge/internal/resolutions"
)

// Rooms are the rooms in which the sample is told.
type Rooms struct {
	DB       *db.DB
	Zone     *time.Location
	Accounts *accounts.Service
	Places   *places.Service
	Orgs     *orgs.Service
	Projects *projects.Service
	Panels   *panels.Service
	Funding  *funding.Service
	Awards   *awards.Service
	Forums   *forums.Service
	Files    *files.Service
	// Resolutions is where the sample region follows what its forum decided.
	Resolutions *resolutions.Service
	// Few tells a fifth of the region: something of everything, in a small store.
	Few bool
}

// of is how many of n there are to be.
func (r Rooms) of(n int) int {
	if r.Few {
		return (n + 4) / 5
	}
	return n
}

// Clock is the wall clock, unless the sample is being told: then it shows the
// time of the act that is told.
type Clock struct {
	// Wall tells the present; time.Now unless a test sets it.
	Wall func() time.Time

	at atomic.Pointer[time.Time]
}

// Now is the time that the clock shows.
func (c *Clock) Now() time.Time {
	switch t := c.at.Load(); {
	case t != nil:
		return *t
	case c.Wall != nil:
		return c.Wall()
	}
	return time.Now()
}

func (c *Clock) set(t time.Time) { c.at.Store(&t) }

func (c *Clock) release() { c.at.Store(nil) }

// SignIn is one of the sample's people, to be printed once.
type SignIn struct{ Who, Email, Password string }

const seed = 2025

// teller holds what is known while the sample is told.
type teller struct {
	Rooms
	clock *Clock
	by    access.Actor
	rnd   *mathrand.Rand
	today db.Date

	region    places.Place
	districts []places.Place
	villages  map[ref.ID][]places.Place

	ngos, states, sponsors, councils []orgs.Organization

	pastForum, runningForum forums.Forum

	programmes []projects.Programme
	pictures   []drawn
	acts       []act
	people     []SignIn // who was enrolled on the way and can sign in
}

// act is something that happens on a day of the sample's past.
type act struct {
	on db.Date
	do func(ctx context.Context) error
}

// Tell invents the region and gives the sign-ins of its people.
func Tell(ctx context.Context, r Rooms, clock *Clock) ([]SignIn, error) {
	now := clock.Now()
	t := &teller{Rooms: r, clock: clock, by: access.Portal("sample"), rnd: mathrand.New(mathrand.NewPCG(seed, seed)),
		today: db.DateOf(now.In(r.Zone)), villages: map[ref.ID][]places.Place{}}
	defer clock.release()
	t.turn(db.Day(t.today.Year()-3, time.January, 9))
	for _, step := range []func(context.Context) error{t.tellPlaces, t.tellOrgs, t.tellProgrammes, t.drawPictures} {
		if err := step(ctx); err != nil {
			return nil, fmt.Errorf("sample: %w", err)
		}
	}
	t.planProjects()
	t.planReturns()
	t.planFunding()
	t.planForums()
	t.planResolutions()
	if err := t.play(ctx); err != nil {
		return nil, fmt.Errorf("sample: %w", err)
	}
	clock.release()
	people, err := t.tellPeople(ctx)
	if err != nil {
		return nil, err
	}
	return people, t.offerHelp(ctx)
}

// turn sets the clock to the morning of a day, never after the present.
func (t *teller) turn(on db.Date) { t.clock.set(on.In(t.Zone).Add(10 * time.Hour)) }

func (t *teller) plan(on db.Date, do func(ctx context.Context) error) {
	if !on.After(t.today) {
		t.acts = append(t.acts, act{on, do})
	}
}

// play lets everything happen in the order of its days. An act may plan more.
func (t *teller) play(ctx context.Context) error {
	for len(t.acts) > 0 {
		slices.SortStableFunc(t.acts, func(a, b act) int { return a.on.Compare(b.on) })
		day := t.acts[0].on
		n := 0
		for n < len(t.acts) && t.acts[n].on == day {
			n++
		}
		now := slices.Clone(t.acts[:n])
		t.acts = slices.Delete(t.acts, 0, n)
		if day == t.today {
			t.clock.release()
		} else {
			t.turn(day)
		}
		for _, a := range now {
			if err := a.do(ctx); err != nil {
				return fmt.Errorf("%s: %w", day, err)
			}
		}
	}
	return nil
}

func pick[T any](t *teller, list []T) T { return list[t.rnd.IntN(len(list))] }

// between is a whole number from a to b.
func (t *teller) between(a, b int) int { return a + t.rnd.IntN(b-a+1) }

// often tells that something happens in so many of a hundred cases.
func (t *teller) often(percent int) bool { return t.rnd.IntN(100) < percent }

func (t *teller) tellPlaces(ctx context.Context) (err error) {
	add := func(kato string, parent ref.ID, kind places.Kind, name i18n.Text) (p places.Place) {
		if err == nil {
			p, err = t.Places.Add(ctx, t.by, places.NewPlace{KATO: kato, ParentID: parent, Kind: kind, Name: name})
		}
		return p
	}
	t.region = add("990000000", 0, places.Region, regionName)
	for i, d := range districtNames {
		kind := places.District
		if i == 0 {
			kind = places.City
		}
		code := 991 + i
		p := add(fmt.Sprintf("%d000000", code), t.region.ID, kind, d)
		t.districts = append(t.districts, p)
		if kind == places.City {
			continue
		}
		for j := range 6 {
			v := add(fmt.Sprintf("%d%03d000", code, 100*j+100), p.ID, places.Village, villageNames[((i-1)*6+j)%len(villageNames)])
			t.villages[p.ID] = append(t.villages[p.ID], v)
		}
	}
	if err != nil {
		return err
	}
	return t.Places.Reload(ctx)
}

// somewhere is a place for an organization or a project: two thirds in districts.
func (t *teller) somewhere() places.Place {
	if t.often(36) {
		return t.districts[0]
	}
	d := t.districts[1+t.rnd.IntN(len(t.districts)-1)]
	if t.often(60) {
		return pick(t, t.villages[d.ID])
	}
	return d
}

// tellPeople enrols the people whose sign-ins are printed.
func (t *teller) tellPeople(ctx context.Context) ([]SignIn, error) {
	people := []struct {
		who, email string
		name       string
		role       access.Role
		scope      ref.Ref
	}{
		{"lead of an NGO", "lead@sample.birge", "Үлгі жетекші", access.Lead, t.ngos[0].Ref()},
		{"staff of the same NGO", "staff@sample.birge", "Үлгі маман", access.Staff, t.ngos[0].Ref()},
		{"keeper of norms", "keeper@sample.birge", "Үлгі сақтаушы", access.Keeper, ref.Ref{}},
		{"second keeper of norms", "keeper2@sample.birge", "Екінші сақтаушы", access.Keeper, ref.Ref{}},
		{"administrator", "admin@sample.birge", "Үлгі әкімші", access.Admin, ref.Ref{}},
		{"citizen", "citizen@sample.birge", "Үлгі азамат", "", ref.Ref{}},
		{"funder of a business", "funder@sample.birge", "Үлгі демеуші", access.Funder, t.sponsors[0].Ref()},
	}
	out := t.people
	for _, p := range people {
		password := rand.Text()[:14]
		person, err := t.Accounts.Enrol(ctx, t.by, accounts.NewPerson{Name: p.name, Email: p.email, Lang: i18n.KK, Password: password, Proved: true})
		if err != nil {
			return nil, fmt.Errorf("sample: %s: %w", p.who, err)
		}
		if p.role != "" {
			if _, err := t.Accounts.GiveRole(ctx, t.by, person.ID, p.role, p.scope); err != nil {
				return nil, fmt.Errorf("sample: %s: %w", p.who, err)
			}
		}
		out = append(out, SignIn{p.who, p.email, password})
	}
	return out, nil
}
