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
		list, err = s.listed(ctx, tx, rows)
		return err
	})
	return list, err
}

// listed adds to rounds what lists tell of them.
func (s *Service) listed(ctx context.Context, tx *db.Tx, rows []Round) (list []Listed, err error) {
	ids := make([]ref.ID, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	n, err := counted(ctx, tx, ids)
	for _, r := range rows {
		list = append(list, Listed{r, r.StateOn(s.today(tx)), n[r.ID]})
	}
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
	// Evidence are the projects that were laid beside a laureate, by nominee.
	Evidence map[ref.ID][]ref.Ref
	// Jury is the panel that judges or has judged; zero while there is none.
	Jury panels.Panel
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
		named := orgsOf(st.Laureates)
		if st.Round.OrganizerID != 0 {
			named = append(named, st.Round.OrganizerID)
		}
		if st.Orgs, err = orgs.Refs(ctx, tx, named); err != nil {
			return err
		}
		st.MayKeep = s.MayKeep(by, st.Round)
		if st.Certificates, err = certificatesOf(ctx, tx, id); err != nil {
			return err
		}
		if st.Evidence, err = evidenceOf(ctx, tx, st.Laureates); err != nil {
			return err
		}
		if st.Jury, _, err = s.panelOf(ctx, tx, st.Round); err != nil {
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

// evidenceOf is what was laid beside laureates, by nominee.
func evidenceOf(ctx context.Context, tx *db.Tx, laureates []Laureate) (map[ref.ID][]ref.Ref, error) {
	var ids []ref.ID
	for _, l := range laureates {
		if l.NomineeID != 0 {
			ids = append(ids, l.NomineeID)
		}
	}
	list, err := nomineesByIDs(ctx, tx, ids)
	out := map[ref.ID][]ref.Ref{}
	for _, n := range list {
		out[n.ID] = n.Evidence
	}
	return out, err
}

// Won is an award of an organization and the round in which it was given.
type Won struct {
	Laureate
	Round       Round
	Evidence    []ref.Ref
	Certificate ref.Ref // zero for what a report tells
}

// WonBy lists the awards of an organization that stand, the latest first.
func (s *Service) WonBy(ctx context.Context, org ref.ID) (list []Won, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		list = nil
		rows, err := laureatesOfOrg(ctx, tx, org)
		if err != nil || len(rows) == 0 {
			return err
		}
		var of, nominees []ref.ID
		for _, l := range rows {
			of, nominees = append(of, l.RoundID), append(nominees, l.NomineeID)
		}
		rounds, err := roundsByIDs(ctx, tx, of)
		if err != nil {
			return err
		}
		evidence, err := evidenceOf(ctx, tx, rows)
		if err != nil {
			return err
		}
		certificates, err := standingCertificates(ctx, tx, nominees)
		for _, l := range rows {
			if i := slices.IndexFunc(rounds, func(r Round) bool { return r.ID == l.RoundID }); i >= 0 && l.Stands() {
				list = append(list, Won{l, rounds[i], evidence[l.NomineeID], certificates[l.NomineeID]})
			}
		}
		return err
	})
	return list, err
}

// Honoured is a round of a forum with those who were honoured in it.
type Honoured struct {
	Listed
	Laureates []Laureate
	Orgs      map[ref.ID]ref.Ref // of the laureates
}

// OfForum lists the published rounds that are a part of a forum.
func (s *Service) OfForum(ctx context.Context, forum ref.ID) (list []Honoured, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		list = nil
		rows, err := roundsOfForum(ctx, tx, forum)
		if err != nil || len(rows) == 0 {
			return err
		}
		cards, err := s.listed(ctx, tx, rows)
		if err != nil {
			return err
		}
		for _, c := range cards {
			x := Honoured{Listed: c}
			if x.Laureates, err = laureatesOf(ctx, tx, c.Round.ID); err != nil {
				return err
			}
			if x.Orgs, err = orgs.Refs(ctx, tx, orgsOf(x.Laureates)); err != nil {
				return err
			}
			list = append(list, x)
		}
		return nil
	})
	return list, err
}

// orgsOf are the organizations among laureates.
func orgsOf(list []Laureate) (ids []ref.ID) {
	for _, l := range list {
		if l.OrgID != 0 {
			ids = append(ids, l.OrgID)
		}
	}
	return ids
}
