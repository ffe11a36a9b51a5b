package projects

import (
	"context"

	"birge/internal/orgs"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/ref"
)

// Card is what lists and tables show of a project: all but its long texts and
// its parts. Money is in tiyn of Currency.
type Card struct {
	ID, OrgID, FunderID, PlaceID ref.ID
	Title                        i18n.Text
	Sphere, FundingKind          string
	Number                       string // of the agreement
	Beneficiaries                int64
	ForChildren, Rural           bool
	Sum, Spent, Accepted         int64
	Currency                     string
	course
}

// Ref names the project.
func (c Card) Ref() ref.Ref { return refOf(c.ID, c.Title) }

const cardColumns = `id, org_id, funder_id, place_id, title, sphere, funding_kind, agreement_no, beneficiaries, for_children, rural,
	sum, spent, accepted, currency, starts, ends, agreed_on, cancelled_on, terminated_on, closed_on, schedule`

func scanCard(r db.Row) (c Card, err error) {
	err = r.Scan(&c.ID, &c.OrgID, &c.FunderID, &c.PlaceID, &c.Title, &c.Sphere, &c.FundingKind, &c.Number, &c.Beneficiaries, &c.ForChildren, &c.Rural,
		&c.Sum, &c.Spent, &c.Accepted, &c.Currency, &c.Starts, &c.Ends, &c.AgreedOn, &c.CancelledOn, &c.TerminatedOn, &c.ClosedOn, db.AsJSON(&c.Schedule))
	return c, err
}

func cardsByIDs(ctx context.Context, tx *db.Tx, ids []ref.ID) ([]Card, error) {
	return db.All(ctx, tx, scanCard, `SELECT `+cardColumns+` FROM projects WHERE hidden = FALSE AND id IN `+db.In(1, len(ids)), db.Args(nil, ids)...)
}

// cardsBefore gives the newest visible projects older than an id; 0 is no bound.
func cardsBefore(ctx context.Context, tx *db.Tx, before ref.ID, limit int) ([]Card, error) {
	if before == 0 {
		before = 1<<63 - 1
	}
	return db.All(ctx, tx, scanCard, `SELECT `+cardColumns+` FROM projects
		WHERE id < $1 AND hidden = FALSE ORDER BY id DESC LIMIT $2`, before, limit)
}

// onShelf is how many cards and how many names are kept near: what the lists of a
// day show, in some megabytes.
const onShelf = 4096

// Cards gives what everybody may see of the projects with these ids, in their
// order.
func (s *Service) Cards(ctx context.Context, ids []ref.ID) ([]Card, error) {
	byID, err := s.cards.Take(ids, func(missing []ref.ID) (found map[ref.ID]Card, err error) {
		err = s.db.View(ctx, func(tx *db.Tx) error {
			rows, err := cardsByIDs(ctx, tx, missing)
			found = make(map[ref.ID]Card, len(rows))
			for _, c := range rows {
				found[c.ID] = c
			}
			return err
		})
		return found, err
	})
	list := make([]Card, 0, len(byID))
	for _, id := range ids {
		if c, ok := byID[id]; ok {
			list = append(list, c)
		}
	}
	return list, err
}

// CardsIn is Cards in the transaction of another room.
func CardsIn(ctx context.Context, tx *db.Tx, ids []ref.ID) ([]Card, error) {
	return cardsByIDs(ctx, tx, ids)
}

// Latest gives the projects that came last.
func (s *Service) Latest(ctx context.Context, limit int) (list []Card, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		list, err = cardsBefore(ctx, tx, 0, limit)
		return err
	})
	return list, err
}

// OrgRefs names organizations; those that are not there are left out.
func (s *Service) OrgRefs(ctx context.Context, ids []ref.ID) (map[ref.ID]ref.Ref, error) {
	return s.names.Take(unique(ids), func(missing []ref.ID) (names map[ref.ID]ref.Ref, err error) {
		err = s.db.View(ctx, func(tx *db.Tx) error {
			names, err = refsOf(ctx, tx, missing)
			return err
		})
		return names, err
	})
}

// Forget lets go of what is kept near of the things that entries tell of. A page
// of an organization may stand for others that were merged into it, so with one
// name all go.
func (s *Service) Forget(entries []journal.Entry) {
	var ids []ref.ID
	for _, e := range entries {
		switch {
		case e.Thing.Kind == KindProject:
			ids = append(ids, e.Thing.ID)
		case e.Thing.Kind == orgs.Kind:
			s.names.DropAll()
		}
		if e.Root.Kind == KindProject {
			ids = append(ids, e.Root.ID)
		}
	}
	s.cards.Drop(ids...)
}
