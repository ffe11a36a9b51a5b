package awards

import (
	"context"
	"slices"
	"time"

	"birge/internal/accounts"
	"birge/internal/norms"
	"birge/internal/orgs"
	"birge/internal/panels"
	"birge/internal/places"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/journal"
	"birge/internal/platform/keys"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/projects"
)

// Deps is what the room needs of those below it.
type Deps struct {
	// Zone is where days begin and end.
	Zone     *time.Location
	Accounts *accounts.Service
	Places   *places.Service
	Norms    *norms.Service
	Panels   *panels.Service
	Projects *projects.Service
	Keys     *keys.Ring
	// Draw draws a certificate, which is signed as it comes.
	Draw func(Paper) ([]byte, error)
	// Tell writes to a laureate, in the transaction of what it tells.
	Tell func(ctx context.Context, tx *db.Tx, l CertificateLetter) error
}

// Service is the door of the room for pages, API, jobs and commands alike.
type Service struct {
	db *db.DB
	Deps
}

// New makes the service.
func New(d *db.DB, deps Deps) *Service { return &Service{db: d, Deps: deps} }

// Today is the day it is on the portal.
func (s *Service) Today() db.Date { return db.DateOf(s.db.Now().In(s.Zone)) }

// Listed is a round in a list.
type Listed struct {
	Round
	State State
	// Laureates is how many are known.
	Laureates int64
}

// Rounds lists the published rounds, those of this portal before those of reports,
// the latest first.
func (s *Service) Rounds(ctx context.Context) (list []Listed, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		list = nil
		rows, err := latestRounds(ctx, tx)
		if err != nil {
			return err
		}
		ids := make([]ref.ID, len(rows))
		for i, r := range rows {
			ids[i] = r.ID
		}
		n, err := counted(ctx, tx, ids)
		for _, r := range rows {
			list = append(list, Listed{r, r.StateOn(s.today(tx)), n[r.ID]})
		}
		return err
	})
	return list, err
}

func (s *Service) today(tx *db.Tx) db.Date { return db.DateOf(tx.Now().In(s.Zone)) }

// Story is what the page of a round tells.
type Story struct {
	Round     Round
	State     State
	Organizer ref.Ref
	Laureates []Laureate
	Orgs      map[ref.ID]ref.Ref // of the laureates
	// Certificates are those of the laureates.
	Certificates []Certificate
	// Marks are how the jury marked, once it is decided.
	Marks   Marks
	MayKeep bool
	Past    []journal.Deed
}

// pastShown is how many entries the timeline of a round shows.
const pastShown = 60

// Story tells of a round that the actor may see.
func (s *Service) Story(ctx context.Context, by access.Actor, id ref.ID) (st Story, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		st = Story{}
		if st.Round, err = s.visible(ctx, tx, by, id); err != nil {
			return err
		}
		st.State = st.Round.StateOn(s.today(tx))
		if st.Laureates, err = laureatesOf(ctx, tx, id); err != nil {
			return err
		}
		ids := []ref.ID{st.Round.OrganizerID}
		for _, l := range st.Laureates {
			ids = append(ids, l.OrgID)
		}
		ids = slices.DeleteFunc(ids, func(id ref.ID) bool { return id == 0 })
		if st.Orgs, err = orgs.Refs(ctx, tx, ids); err != nil {
			return err
		}
		st.MayKeep = s.MayKeep(by, st.Round)
		if st.Certificates, err = certificatesOf(ctx, tx, id); err != nil {
			return err
		}
		if st.Marks, err = s.marks(ctx, tx, st.Round); err != nil {
			return err
		}
		st.Organizer = st.Orgs[st.Round.OrganizerID]
		st.Past, err = journal.Acts(ctx, tx, st.Round.Ref(), pastShown)
		return err
	})
	return st, err
}

// visible loads a round; a draft is there for the organizer's side only.
func (s *Service) visible(ctx context.Context, tx *db.Tx, by access.Actor, id ref.ID) (Round, error) {
	r, err := roundByID(ctx, tx, id)
	if err == nil && !r.Published() && !s.MayKeep(by, r) {
		return Round{}, problem.New(problem.NotFound, "problem.not_found")
	}
	return r, err
}

// Won is an award of an organization and the round in which it was given.
type Won struct {
	Laureate
	Round Round
}

// WonBy lists the awards of an organization, the latest first.
func (s *Service) WonBy(ctx context.Context, org ref.ID) (list []Won, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		list = nil
		rows, err := laureatesOfOrg(ctx, tx, org)
		if err != nil || len(rows) == 0 {
			return err
		}
		ids := make([]ref.ID, len(rows))
		for i, l := range rows {
			ids[i] = l.RoundID
		}
		rounds, err := roundsByIDs(ctx, tx, ids)
		for _, l := range rows {
			if i := slices.IndexFunc(rounds, func(r Round) bool { return r.ID == l.RoundID }); i >= 0 && l.Stands() {
				list = append(list, Won{l, rounds[i]})
			}
		}
		return err
	})
	return list, err
}
