package funding

import (
	"context"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/ref"
	"birge/internal/platform/todo"
)

// draftsToWrite are the applications that the people of an organization are to
// finish or to correct.
func (s *Service) draftsToWrite(ctx context.Context, tx *db.Tx, by access.Actor) (out []todo.Task, err error) {
	drafts, err := draftsOf(ctx, tx, append(by.Scopes(access.Lead), by.Scopes(access.Staff)...), todo.Most)
	if err != nil {
		return nil, err
	}
	for _, d := range drafts {
		c, err := callByID(ctx, tx, d.CallID)
		if err != nil {
			return nil, err
		}
		r, _ := c.Round(d.Round)
		wait := todo.Task{Thing: c.Ref(), Path: d.Path(), Since: db.DateOf(d.CreatedAt.In(s.Zone))}
		switch {
		case d.State == DraftReturned:
			wait.Act = "funding.application.mend"
		case d.State == DraftWriting && tx.Now().Before(r.Closes.Time) && !c.Cancelled():
			wait.Act = "funding.application.write"
		default:
			continue
		}
		if title, err := titleOfDraft(ctx, tx, d.ID); err != nil {
			return nil, err
		} else if !title.IsZero() { // several may be written for one call
			wait.Thing.Title = title
		}
		out = append(out, wait)
	}
	return out, nil
}

// applicationsToCheck are the calls of the actor's side with applications that wait
// for the formal check.
func (s *Service) applicationsToCheck(ctx context.Context, tx *db.Tx, by access.Actor) (out []todo.Task, err error) {
	if !by.HasAny(access.Officer) && !by.HasAny(access.Funder) && !by.HasAny(access.Lead) {
		return nil, nil
	}
	type waits struct {
		call  ref.ID
		since db.Time
	}
	rows, err := db.All(ctx, tx, func(r db.Row) (x waits, err error) {
		err = r.Scan(&x.call, &x.since)
		return x, err
	}, `SELECT call_id, min(submitted_at) FROM applications WHERE state = 'submitted' GROUP BY call_id`)
	if err != nil {
		return nil, err
	}
	for _, x := range rows {
		c, err := callByID(ctx, tx, x.call)
		if err != nil {
			return nil, err
		}
		if s.MayKeepCall(by, c) {
			out = append(out, todo.Task{Act: "funding.application.check", Thing: c.Ref(), Path: c.Ref().Path + "/applications?state=submitted", Since: db.DateOf(x.since.In(s.Zone))})
		}
	}
	return out, nil
}
