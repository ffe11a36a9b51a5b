package funding

import (
	"context"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/ref"
	"birge/internal/platform/todo"
)

// agreementsToSettle are those to whose text the actor's side has not agreed, or
// which it has yet to sign.
func (s *Service) agreementsToSettle(ctx context.Context, tx *db.Tx, by access.Actor) (out []todo.Task, err error) {
	list, err := openAgreements(ctx, tx)
	if err != nil {
		return nil, err
	}
	calls := map[ref.ID]Call{}
	for _, a := range list {
		c, ok := calls[a.CallID]
		if !ok {
			if c, err = callByID(ctx, tx, a.CallID); err != nil {
				return nil, err
			}
			calls[a.CallID] = c
		}
		side, _, no := s.mayBind(by, a, c)
		if no != nil {
			continue
		}
		w, waits, err := toDo(ctx, tx, a, side)
		if err != nil {
			return nil, err
		}
		if waits {
			out = append(out, w)
		}
		if len(out) == todo.Most {
			break
		}
	}
	return out, nil
}

// toDo is what a side has to do about an agreement, if anything.
func toDo(ctx context.Context, tx *db.Tx, a Agreement, side Side) (w todo.Task, waits bool, err error) {
	w = todo.Task{Thing: a.Ref(), Path: a.Ref().Path}
	switch {
	case a.AwaitsConsent(side):
		w.Act, w.Since = "funding.agreement.consent", db.DateOf(a.CreatedAt.Time)
		return w, true, nil
	case a.State() == Settled:
		list, err := signaturesOf(ctx, tx, a.ID)
		_, signed := signedBy(list, side)
		w.Act, w.Since = "funding.agreement.sign", a.SettledOn
		return w, !signed, err
	}
	return w, false, nil
}
