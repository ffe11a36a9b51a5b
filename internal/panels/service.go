package panels

import (
	"context"
	"time"

	"birge/internal/accounts"
	"birge/internal/norms"
	"birge/internal/obligations"
	"birge/internal/places"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
)

// Deps is what the room needs of the rooms below it, and what the app tells it of
// those above.
type Deps struct {
	Zone        *time.Location
	Accounts    *accounts.Service
	Places      *places.Service
	Norms       *norms.Service
	Obligations *obligations.Service
	// Ties lists the organizations to which a person or their employer has a tie on
	// a day, as far as other rooms know: founders and members, the same address,
	// work done together; and the works that are the person's own. Without it only
	// declared ties count.
	Ties func(ctx context.Context, tx *db.Tx, person, employer ref.ID, day db.Date) ([]ref.ID, error)
	// Read gives a work to an expert as plain data, by the kind of its ref. blind
	// leaves out whose it is. A kind without a reader shows its title alone.
	Read map[string]Reader
	// Cuts ask for what bounds those who win, by the kind of the subject of a panel.
	// Without one an order has no cut.
	Cuts map[string]Cutter
	// Tell writes a letter to a member of a body, in the transaction of what it
	// tells. Without it nobody is written to.
	Tell func(ctx context.Context, tx *db.Tx, l MeetingLetter) error
}

// Reader gives a work as plain data in a language.
type Reader func(ctx context.Context, tx *db.Tx, by access.Actor, work ref.Ref, blind bool, lang i18n.Lang) (Reading, error)

// Reading is a work to be read.
type Reading struct {
	Title    string
	Sections []ReadSection
}

// ReadSection is one part of a reading.
type ReadSection struct {
	Title string
	Items []ReadItem
}

// ReadItem is one answer: a text, or a table whose first row is its head.
type ReadItem struct {
	Label string
	Text  string
	Table [][]string
}

// Service keeps pool, panels and marks.
type Service struct {
	db *db.DB
	Deps
}

// New makes the service.
func New(d *db.DB, deps Deps) *Service {
	if deps.Read == nil {
		deps.Read = map[string]Reader{}
	}
	return &Service{db: d, Deps: deps}
}

// Today is the day it is on the portal.
func (s *Service) Today() db.Date { return db.DateOf(s.db.Now().In(s.Zone)) }

func (s *Service) today(tx *db.Tx) db.Date { return db.DateOf(tx.Now().In(s.Zone)) }

// run is a panel with its works, and the actor in the role in which they run it.
type run struct {
	Panel
	works []PanelWork
	as    access.Actor
}

// runIn reads a panel for the funder's side.
func (s *Service) runIn(ctx context.Context, tx *db.Tx, by access.Actor, id ref.ID) (r run, err error) {
	if r.Panel, err = panelByID(ctx, tx, id); err != nil {
		return r, err
	}
	if r.works, err = worksOf(ctx, tx, id); err != nil {
		return r, err
	}
	r.as, err = mayRun(by, r.Panel, s.Places.Tree().Path(r.PlaceID), judged(r.works))
	return r, err
}

// judged lists the organizations whose works a panel judges.
func judged(works []PanelWork) (out []ref.ID) {
	for _, w := range works {
		out = append(out, w.Work.Orgs...)
	}
	return out
}
