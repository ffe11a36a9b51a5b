package notices

import (
	"context"

	"birge/internal/accounts"
	"birge/internal/obligations"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// Remind tells the people of the one who owes that a term ends or has passed, by
// a letter to each and a notice on each desk. It runs in the transaction that
// marks the reminder as given, so each is given once.
func (s *Service) Remind(ctx context.Context, tx *db.Tx, o obligations.Obligation, daysLeft int) error {
	people, err := peopleOf(ctx, tx, o.Owner)
	if err != nil {
		return err
	}
	for _, p := range people {
		r, err := personReader(ctx, tx, p.ID)
		if err != nil {
			return err
		}
		n := Notice{ID: tx.NewID(), At: db.At(tx.Now()), Kind: Reminder, About: o.Ref(), Told: Told{Owed: owedOf(o, daysLeft)}}
		if err := insertNotices(ctx, tx, r.ID, []Notice{n}); err != nil {
			return err
		}
		if p.Email == "" {
			continue
		}
		if err := s.Post(ctx, tx, Letter{Kind: "reminder", To: p.Email, Lang: p.Speaks(), Reminder: o, DaysLeft: daysLeft}); err != nil {
			return err
		}
	}
	return nil
}

// peopleOf are who answers for an owner: the leads of an organization, or the
// person.
func peopleOf(ctx context.Context, tx *db.Tx, owner ref.Ref) ([]accounts.Person, error) {
	if owner.Kind != "person" {
		return accounts.Holders(ctx, tx, access.Lead, owner.ID)
	}
	p, err := accounts.PersonIn(ctx, tx, owner.ID)
	if problem.Is(err, problem.NotFound) || err == nil && p.Status != accounts.Active {
		return nil, nil
	}
	return []accounts.Person{p}, err
}
