package awards

import (
	"context"
	"slices"
	"strconv"

	"birge/internal/panels"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/ref"
	"birge/internal/platform/todo"
)

// Waiting lists what waits for the actor in this room, the longest first. What jurors
// owe is told by the room panels.
func (s *Service) Waiting(ctx context.Context, by access.Actor) ([]todo.Task, error) {
	return todo.Of(ctx, s.db, by, s.toKeep)
}

// toKeep is what the rounds wait for that the actor runs.
func (s *Service) toKeep(ctx context.Context, tx *db.Tx, by access.Actor) (out []todo.Task, err error) {
	own := slices.Concat(by.Scopes(access.Lead), by.Scopes(access.Officer))
	if len(own) == 0 {
		return nil, nil
	}
	rounds, err := runningRounds(ctx, tx, own, s.Places.Tree().Below(by.Scopes(access.Officer)...))
	if err != nil {
		return nil, err
	}
	for _, r := range rounds {
		if !s.MayKeep(by, r) {
			continue
		}
		t, err := s.next(ctx, tx, by, r)
		if err != nil {
			return nil, err
		}
		if t.Act != "" {
			t.Thing, t.Path = r.Ref(), r.Ref().Path+t.Path
			out = append(out, t)
		}
	}
	return out, nil
}

// next is what a round that goes on waits for, with its Path below the round's; the
// zero task while it waits for nothing of the actor.
func (s *Service) next(ctx context.Context, tx *db.Tx, by access.Actor, r Round) (t todo.Task, err error) {
	if !r.Published() {
		return todo.Task{Act: "awards.round.publish", Since: s.dayOf(r.CreatedAt), Due: r.Opens}, nil
	}
	nominees, err := nomineesOf(ctx, tx, r.ID)
	if err != nil {
		return t, err
	}
	admitted := slices.ContainsFunc(nominees, func(n Nominee) bool { return n.State() == Admitted })
	i := slices.IndexFunc(nominees, func(n Nominee) bool { return n.State() == PutForward })
	switch {
	case i >= 0:
		return todo.Task{Act: "awards.nominee.judge", Path: "/candidates", Since: s.dayOf(nominees[i].CreatedAt), Due: r.Closes}, nil
	case r.StateOn(s.today(tx)) != Judging:
		return t, nil
	case !admitted:
		return todo.Task{Act: "awards.round.cancel", Path: "/cancel", Since: r.Closes.AddDays(1)}, nil
	}
	p, ok, err := s.panelOf(ctx, tx, r)
	switch {
	case err != nil:
		return t, err
	case !ok:
		return todo.Task{Act: "awards.panel.open", Path: "/candidates", Since: r.Closes.AddDays(1)}, nil
	case p.Stage() != panels.Revealed:
		return t, nil
	}
	d, _, err := decisionOf(ctx, tx, r.ID)
	if err != nil {
		return t, err
	}
	if d.PutAt.IsZero() {
		return todo.Task{Act: "awards.decision.put", Path: "/decision", Since: s.dayOf(p.RevealedAt)}, nil
	}
	act, err := s.nextAfterPut(ctx, tx, by, r, d)
	return todo.Task{Act: act, Path: "/decision", Since: s.dayOf(d.PutAt)}, err
}

// nextAfterPut is what a decision that was put waits for from the actor; "" while it
// is others' turn.
func (s *Service) nextAfterPut(ctx context.Context, tx *db.Tx, by access.Actor, r Round, d Decision) (act string, err error) {
	if r.BodyID == 0 {
		if by.LeadsOrg(r.OrganizerID) {
			return "awards.decision.publish", nil
		}
		return "", nil
	}
	said, err := s.adopted(ctx, tx, r, d)
	if err != nil || said {
		return "awards.decision.publish", err
	}
	agenda, err := s.Panels.AgendaOf(ctx, tx, d.Ref())
	if err != nil || len(agenda) > 0 && !agenda[0].Result.Decided() {
		return "", err
	}
	return "awards.decision.agenda", nil
}

func (s *Service) dayOf(at db.Time) db.Date { return db.DateOf(at.In(s.Zone)) }

// Candidacy is a nominee as those see it who are it, lead it or put it forward.
type Candidacy struct {
	Nominee
	Round Round
	State State
	Org   ref.Ref // of an organization
	// Certificate is there once the nominee is a laureate whose award stands.
	Certificate ref.Ref
}

// toldFor is how many days a desk tells of a decision.
const toldFor = 60

// Candidacies lists the nominees of the actor: themselves, organizations that they
// lead, and whom they put forward. What was decided long ago is left out.
func (s *Service) Candidacies(ctx context.Context, by access.Actor) (list []Candidacy, err error) {
	if !by.SignedIn() {
		return nil, nil
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		list = nil
		since := s.today(tx).AddDays(-toldFor)
		nominees, err := nomineesFor(ctx, tx, by.UserID, by.Scopes(access.Lead), db.At(since.In(s.Zone)))
		if err != nil || len(nominees) == 0 {
			return err
		}
		var of, won []ref.ID
		for _, n := range nominees {
			of, won = append(of, n.RoundID), append(won, n.ID)
		}
		rounds, err := roundsByIDs(ctx, tx, of)
		if err != nil {
			return err
		}
		certificates, err := standingCertificates(ctx, tx, won)
		if err != nil {
			return err
		}
		names, err := refsOf(ctx, tx, nominees)
		for _, n := range nominees {
			i := slices.IndexFunc(rounds, func(r Round) bool { return r.ID == n.RoundID })
			list = append(list, Candidacy{n, rounds[i], rounds[i].StateOn(s.today(tx)), names[n.OrgID], certificates[n.ID]})
		}
		return err
	})
	return list, err
}

// runningRounds gives the rounds of this portal that are neither decided nor called
// off, of some organizers or in some places.
func runningRounds(ctx context.Context, tx *db.Tx, organizers, within []ref.ID) ([]Round, error) {
	return db.All(ctx, tx, scanRound, `SELECT `+roundColumns+` FROM award_rounds WHERE fact = '' AND decided_at IS NULL AND cancelled_at IS NULL
		AND (organizer_id IN `+db.In(1, len(organizers))+` OR place_id IN `+db.In(1+len(organizers), len(within))+`) ORDER BY id LIMIT `+strconv.Itoa(todo.Most),
		db.Args(db.Args(nil, organizers), within)...)
}

// nomineesFor gives the nominees that are a person, were put forward by them or are
// one of some organizations, of rounds that were not decided before a time.
func nomineesFor(ctx context.Context, tx *db.Tx, person ref.ID, own []ref.ID, since db.Time) ([]Nominee, error) {
	return db.All(ctx, tx, scanNominee, `SELECT `+nomineeColumns+` FROM award_nominees WHERE (person_id = $1 OR by_person = $1 OR org_id IN `+db.In(3, len(own))+`)
		AND round_id IN (SELECT id FROM award_rounds WHERE cancelled_at IS NULL AND (decided_at IS NULL OR decided_at >= $2)) ORDER BY id DESC LIMIT `+strconv.Itoa(todo.Most),
		db.Args([]any{person, since}, own)...)
}

// standingCertificates gives the certificates of some nominees that are not revoked,
// by nominee.
func standingCertificates(ctx context.Context, tx *db.Tx, nominees []ref.ID) (map[ref.ID]ref.Ref, error) {
	out := map[ref.ID]ref.Ref{}
	_, err := db.All(ctx, tx, func(r db.Row) (nominee ref.ID, err error) {
		var c Certificate
		err = r.Scan(&c.ID, &c.Number, &nominee)
		out[nominee] = c.Ref()
		return nominee, err
	}, `SELECT c.id, c.number, l.nominee_id FROM award_certificates c JOIN award_laureates l ON l.id = c.laureate_id
		WHERE c.revoked_at IS NULL AND l.nominee_id IN `+db.In(1, len(nominees)), db.Args(nil, nominees)...)
	return out, err
}
