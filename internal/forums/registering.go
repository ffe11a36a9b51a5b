package forums

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"slices"
	"strings"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// crockford writes codes without letters that look alike.
var crockford = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// secret is so many random bits as letters and figures.
func secret(bytes int) string {
	b := make([]byte, bytes)
	_, _ = rand.Read(b) // never fails
	return crockford.EncodeToString(b)
}

func hashOf(token string) string {
	h := sha256.Sum256([]byte(token))
	return hex.EncodeToString(h[:])
}

// Pass is what a person is told of a registration: where it stands and the secret
// end of the link to its page, "" where the link is the one that was sent before.
type Pass struct {
	Forum        Forum
	Registration Registration
	Token        string
}

// NewRegistration is what somebody fills in to take part.
type NewRegistration struct {
	Kind    Group
	PlaceID ref.ID
	Young   bool
	Private
	Consent bool
	// Delegation is the name of the delegation that the person leads, "" for none.
	Delegation string
}

// Register takes down who wants to take part, without an account. Whoever has
// registered before by the same address gets a new link to the page of that
// registration, and the answer is the same: nobody learns who takes part.
func (s *Service) Register(ctx context.Context, by access.Actor, forum ref.ID, n NewRegistration) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		f, err := s.visible(ctx, tx, by, forum)
		if err != nil {
			return err
		}
		x, err := s.enter(tx, f, n, 0)
		if err != nil {
			return err
		}
		token := secret(16)
		before, known, err := registrationByEmail(ctx, tx, forum, strings.ToLower(x.Email))
		if err != nil {
			return err
		}
		if known {
			if err := newLink(ctx, tx, before.ID, hashOf(token)); err != nil {
				return err
			}
			return s.hand(ctx, tx, Pass{f, before, token})
		}
		if err := insertRegistration(ctx, tx, x, hashOf(token)); err != nil {
			return err
		}
		if err := journal.Record(ctx, tx, guest(by), "forums.people.register", nil, x); err != nil {
			return err
		}
		if n.Delegation != "" {
			if _, err := s.lead(ctx, tx, guest(by), &x, n.Delegation); err != nil {
				return err
			}
		}
		return s.hand(ctx, tx, Pass{f, x, token})
	})
}

// enter makes the registration of who wants to take part, alone or with a delegation,
// while registration is open.
func (s *Service) enter(tx *db.Tx, f Forum, n NewRegistration, delegation ref.ID) (x Registration, err error) {
	if !f.RegistrationOpenOn(s.today(tx)) {
		return x, problem.New(problem.Conflict, "forums.registration_closed")
	}
	x = s.register(tx, f, n)
	x.DelegationID = delegation
	return x, x.check(n.Consent)
}

// register makes a registration that waits for an answer.
func (s *Service) register(tx *db.Tx, f Forum, n NewRegistration) Registration {
	place, _ := s.Places.Tree().Place(n.PlaceID)
	x := Registration{ID: tx.NewID(), Version: 1, ForumID: f.ID, Code: secret(5)[:codeLength], Kind: n.Kind, PlaceID: place.ID, Rural: place.Rural, Young: n.Young, State: Asked,
		RegisteredAt: db.At(tx.Now()), Private: n.Private}
	if x.Needs == nil {
		x.Needs = []Need{}
	}
	return x
}

// guest is who acts where nobody is signed in: the portal takes the act down.
func guest(by access.Actor) access.Actor {
	if by.SignedIn() || by.IsPortal() {
		return by
	}
	return access.Portal("forums")
}

// hand writes to the person how the registration stands.
func (s *Service) hand(ctx context.Context, tx *db.Tx, p Pass) error {
	if s.Hand == nil || p.Registration.Email == "" {
		return nil
	}
	return s.Hand(ctx, tx, p)
}

// SetQuota keeps so many seats for somebody, and fills them from the waiting list.
// Never fewer than are taken.
func (s *Service) SetQuota(ctx context.Context, by access.Actor, forum ref.ID, who Who, seats int64) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		f, as, err := s.kept(ctx, tx, by, forum)
		if err != nil {
			return err
		}
		list, err := balances(ctx, tx, forum)
		if err != nil {
			return err
		}
		var was journal.Thing
		q := Balance{Quota: Quota{ID: tx.NewID(), ForumID: forum, Who: who}}
		if i := slices.IndexFunc(list, func(b Balance) bool { return b.Who == who }); i >= 0 {
			q, was = list[i], list[i].Quota
		}
		var bad problem.Fields
		bad.Reject(!slices.Contains(AllWho(), who), "who", "form.required")
		bad.Reject(seats < q.Taken, "seats", "forums.seats_taken", "taken", q.Taken)
		if err := bad.Err(); err != nil {
			return err
		}
		q.Seats = seats
		q.Version++
		if err := saveQuota(ctx, tx, q.Quota); err != nil {
			return err
		}
		if err := journal.Record(ctx, tx, as, "forums.quota.set", was, q.Quota); err != nil {
			return err
		}
		return s.fill(ctx, tx, as, f)
	})
}

// fill gives free seats to those who wait, the first that came first.
func (s *Service) fill(ctx context.Context, tx *db.Tx, as access.Actor, f Forum) error {
	waiting, err := registrationsIn(ctx, tx, f.ID, Waiting)
	if err != nil || len(waiting) == 0 {
		return err
	}
	list, err := balances(ctx, tx, f.ID)
	if err != nil {
		return err
	}
	for _, x := range waiting {
		if i, ok := seatFor(list, x); ok {
			list[i].Taken++
			if err := s.move(ctx, tx, as, f, x, Admitted, list[i].ID); err != nil {
				return err
			}
		}
	}
	return s.linksLater(ctx, tx, f)
}

// move changes where a registration stands, and tells the person.
func (s *Service) move(ctx context.Context, tx *db.Tx, as access.Actor, f Forum, x Registration, state RegistrationState, quota ref.ID) error {
	before := x
	x.State, x.QuotaID, x.DecidedAt = state, quota, db.At(tx.Now())
	x.Version++
	if err := updateRegistration(ctx, tx, x); err != nil {
		return err
	}
	if err := journal.Record(ctx, tx, as, "forums.people."+string(state), before, x); err != nil {
		return err
	}
	return s.hand(ctx, tx, Pass{Forum: f, Registration: x})
}

// Answer admits or declines registrations that wait for an answer. Whoever is to
// be admitted and finds no seat waits for one. Those answered already stay.
func (s *Service) Answer(ctx context.Context, by access.Actor, forum ref.ID, ids []ref.ID, admit bool) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		f, as, err := s.kept(ctx, tx, by, forum)
		if err != nil {
			return err
		}
		asked, err := registrationsIn(ctx, tx, forum, Asked)
		if err != nil {
			return err
		}
		list, err := balances(ctx, tx, forum)
		if err != nil {
			return err
		}
		for _, x := range asked {
			if !slices.Contains(ids, x.ID) {
				continue
			}
			state, quota := Declined, ref.ID(0)
			if admit {
				state = Waiting
				if i, ok := seatFor(list, x); ok {
					list[i].Taken++
					state, quota = Admitted, list[i].ID
				}
			}
			if err := s.move(ctx, tx, as, f, x, state, quota); err != nil {
				return err
			}
		}
		return s.linksLater(ctx, tx, f)
	})
}

// Pass gives the registration to which a link leads, with the online sessions in
// which its holder can take part.
func (s *Service) Pass(ctx context.Context, token string) (p Pass, online []OnlinePart, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if p.Registration, err = registrationByToken(ctx, tx, hashOf(token)); err != nil {
			return err
		}
		p.Token = token
		if p.Forum, err = byID(ctx, tx, p.Registration.ForumID); err != nil {
			return err
		}
		online, err = onlineParts(ctx, tx, p.Registration)
		return err
	})
	return p, online, err
}

// Withdraw gives back what the link stands for: the seat goes to whoever waits, and
// who it was is forgotten.
func (s *Service) Withdraw(ctx context.Context, by access.Actor, token string) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		x, err := registrationByToken(ctx, tx, hashOf(token))
		if err != nil {
			return err
		}
		f, err := byID(ctx, tx, x.ForumID)
		if err != nil {
			return err
		}
		if err := s.leave(ctx, tx, guest(by), f, x); err != nil {
			return err
		}
		if err := s.passLead(ctx, tx, f, x); err != nil {
			return err
		}
		return s.fill(ctx, tx, access.Portal("forums"), f)
	})
}

// leave ends a registration: its places in sessions are free, and who it was is
// forgotten.
func (s *Service) leave(ctx context.Context, tx *db.Tx, as access.Actor, f Forum, x Registration) error {
	if x.State == Declined || x.State == Withdrawn {
		return problem.New(problem.Conflict, "forums.over_already")
	}
	if err := s.move(ctx, tx, as, f, x, Withdrawn, 0); err != nil {
		return err
	}
	if err := s.leaveSessions(ctx, tx, x.ID); err != nil {
		return err
	}
	return forget(ctx, tx, `id = $1`, x.ID)
}

// People is what the organizer sees of those who want to take part.
type People struct {
	Forum    Forum
	List     []Registration
	Balances []Balance
	// Delegations are those with which people come.
	Delegations []Delegation
}

// Delegation names the delegation with which somebody comes, "" for none.
func (p People) Delegation(x Registration) string {
	for _, d := range p.Delegations {
		if d.ID == x.DelegationID {
			return d.Name
		}
	}
	return ""
}

// People gives those who registered to the organizer's side.
func (s *Service) People(ctx context.Context, by access.Actor, forum ref.ID) (p People, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if p.Forum, _, err = s.kept(ctx, tx, by, forum); err != nil {
			return err
		}
		if p.List, err = registrationsIn(ctx, tx, forum, ""); err != nil {
			return err
		}
		if p.Delegations, err = delegationsOf(ctx, tx, forum); err != nil {
			return err
		}
		p.Balances, err = balances(ctx, tx, forum)
		return err
	})
	return p, err
}
