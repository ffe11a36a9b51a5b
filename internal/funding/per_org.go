package funding

import (
	"context"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/projects"
)

// mostDrafts is how many drafts of one organization wait to be handed in for a
// round, where the call sets no bound.
const mostDrafts = 20

// Tally is how many applications of one organization there are for a round.
type Tally struct {
	Writing  int // drafts that were not handed in yet
	Standing int // handed in in the round and not taken back
	Won      int // funded in the whole call
}

// takes judges that an organization may hand in one more application.
func (t Terms) takes(n Tally) error {
	switch {
	case t.WinsPerOrg > 0 && n.Won >= t.WinsPerOrg:
		return problem.New(problem.Conflict, "funding.application.won_enough", "most", t.WinsPerOrg)
	case t.PerOrg > 0 && n.Standing >= t.PerOrg:
		return problem.New(problem.Conflict, "funding.application.enough", "most", t.PerOrg)
	}
	return nil
}

// lets judges that an organization may begin one more application: that it could
// hand it in beside those which it is writing.
func (t Terms) lets(n Tally) error {
	if err := t.takes(n); err != nil {
		return err
	}
	if t.PerOrg > 0 && n.Standing+n.Writing >= t.PerOrg {
		return problem.New(problem.Conflict, "funding.draft.enough", "most", t.PerOrg)
	}
	if n.Writing >= mostDrafts {
		return problem.New(problem.Conflict, "funding.draft.many", "most", mostDrafts)
	}
	return nil
}

// tallyOf counts the applications of an organization for a round.
func tallyOf(ctx context.Context, tx *db.Tx, call ref.ID, round int, org ref.ID) (n Tally, err error) {
	return db.One(ctx, tx, func(r db.Row) (n Tally, err error) {
		err = r.Scan(&n.Writing, &n.Standing, &n.Won)
		return n, err
	}, `SELECT (SELECT count(*) FROM application_drafts WHERE call_id = $1 AND round = $2 AND org_id = $3 AND state = 'writing'),
		(SELECT count(*) FROM applications WHERE call_id = $1 AND round = $2 AND org_id = $3 AND state <> 'withdrawn'),
		(SELECT count(*) FROM applications WHERE call_id = $1 AND org_id = $3 AND state = 'funded')`, call, round, org)
}

// The norms that say how many applications of one organization a call of the law's
// kinds takes, and how many may be funded, where its funder says nothing else; 0 is
// no bound.
const (
	normGrantPerOrg, normGrantWins = "grant.per_org", "grant.wins_per_org"
	normOrderPerOrg, normOrderWins = "order.per_org", "order.wins_per_org"
)

// UsualPerOrg is what a new call of a kind says of how many applications one
// organization may hand in and win: by the norms of a day for the law's kinds, one
// of each for a business or a foundation.
func (s *Service) UsualPerOrg(kind string, on db.Date) (handIn, win int) {
	of := func(key string) int {
		n, _ := s.Norms.Book().Norm(key, on)
		return int(n.Value.N)
	}
	switch {
	case kind == projects.StateGrant:
		return of(normGrantPerOrg), of(normGrantWins)
	case ByLaw(kind):
		return of(normOrderPerOrg), of(normOrderWins)
	}
	return 1, 1
}

// DropDraft throws a draft away with everything that was typed and attached, as
// long as it was never handed in.
func (s *Service) DropDraft(ctx context.Context, by access.Actor, draft ref.ID) (ApplicationDraft, error) {
	var d ApplicationDraft
	err := s.db.Update(ctx, func(tx *db.Tx) (err error) {
		if d, err = s.writable(ctx, tx, by, draft); err != nil {
			return err
		}
		if d.State != DraftWriting {
			return problem.New(problem.Conflict, "funding.draft.is_submitted")
		}
		return s.eraseDraft(ctx, tx, by, d)
	})
	return d, err
}

// eraseDraft takes a draft out of the store with its files.
func (s *Service) eraseDraft(ctx context.Context, tx *db.Tx, by access.Actor, d ApplicationDraft) error {
	papers, err := papersOf(ctx, tx, d.ID)
	if err != nil {
		return err
	}
	for _, p := range papers {
		if err := s.Files.Delete(ctx, tx, by, p.FileID); err != nil {
			return err
		}
	}
	for _, table := range []string{"application_papers", "application_past_fields", "application_fields"} {
		if _, err := tx.Exec(ctx, `DELETE FROM `+table+` WHERE draft_id = $1`, d.ID); err != nil {
			return err
		}
	}
	return tx.ExecOne(ctx, `DELETE FROM application_drafts WHERE id = $1 AND version = $2`, d.ID, d.Version)
}
