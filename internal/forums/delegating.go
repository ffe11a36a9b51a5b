package forums

import (
	"context"
	"strings"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// Party is a delegation as its leader sees it.
type Party struct {
	Pass
	Delegation Delegation
	Members    []Registration // the leader among them
}

// Party gives the delegation that the holder of a link leads.
func (s *Service) Party(ctx context.Context, token string) (p Party, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		p, err = s.party(ctx, tx, token)
		return err
	})
	return p, err
}

func (s *Service) party(ctx context.Context, tx *db.Tx, token string) (p Party, err error) {
	if p.Registration, err = registrationByToken(ctx, tx, hashOf(token)); err != nil {
		return p, err
	}
	p.Token = token
	if p.Forum, err = byID(ctx, tx, p.Registration.ForumID); err != nil {
		return p, err
	}
	if p.Registration.DelegationID == 0 {
		return p, problem.New(problem.NotFound, "problem.not_found")
	}
	if p.Delegation, err = delegationByID(ctx, tx, p.Registration.DelegationID); err != nil {
		return p, err
	}
	if p.Delegation.LeadID != p.Registration.ID {
		return p, problem.New(problem.NotFound, "problem.not_found")
	}
	p.Members, err = membersOf(ctx, tx, p.Delegation.ID)
	return p, err
}

// DelegationOf gives the delegation with which somebody comes, the zero one for none.
func (s *Service) DelegationOf(ctx context.Context, x Registration) (d Delegation, err error) {
	if x.DelegationID == 0 {
		return d, nil
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		d, err = delegationByID(ctx, tx, x.DelegationID)
		return err
	})
	return d, err
}

// Own is everything that the portal keeps of one person who takes part, for that
// person.
type Own struct {
	Registration Registration `json:"registration"`
	Name         string       `json:"name"`
	Email        string       `json:"email"`
	Lang         i18n.Lang    `json:"language"`
	Org          string       `json:"organization"`
	Needs        []Need       `json:"needs"`
	Note         string       `json:"note"`
	Choices      []Choice     `json:"sessions"`
	Scans        []Scan       `json:"scans"`
}

// Own gives who holds a link a copy of his data.
func (s *Service) Own(ctx context.Context, token string) (o Own, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		x, err := registrationByToken(ctx, tx, hashOf(token))
		if err != nil {
			return err
		}
		o = Own{Registration: x, Name: x.Name, Email: x.Email, Lang: x.Lang, Org: x.Org, Needs: x.Needs, Note: x.Note}
		if o.Choices, err = choicesOf(ctx, tx, x.ID); err != nil {
			return err
		}
		o.Scans, err = scansOfPerson(ctx, tx, x.ID)
		return err
	})
	return o, err
}

// member finds somebody of the delegation beside its leader.
func (p Party) member(id ref.ID) (Registration, error) {
	for _, x := range p.Members {
		if x.ID == id && id != p.Delegation.LeadID {
			return x, nil
		}
	}
	return Registration{}, problem.New(problem.NotFound, "problem.not_found")
}

// Lead makes the holder of a link lead a delegation of that name.
func (s *Service) Lead(ctx context.Context, by access.Actor, token, name string) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		x, err := registrationByToken(ctx, tx, hashOf(token))
		if err != nil {
			return err
		}
		f, err := byID(ctx, tx, x.ForumID)
		if err != nil {
			return err
		}
		if !f.RegistrationOpenOn(s.today(tx)) {
			return problem.New(problem.Conflict, "forums.registration_closed")
		}
		_, err = s.lead(ctx, tx, guest(by), &x, name)
		return err
	})
}

// lead makes a delegation led by somebody who registered.
func (s *Service) lead(ctx context.Context, tx *db.Tx, as access.Actor, x *Registration, name string) (d Delegation, err error) {
	d = Delegation{ID: tx.NewID(), Version: 1, ForumID: x.ForumID, Name: strings.TrimSpace(name), LeadID: x.ID}
	if d.Name == "" {
		return d, problem.Fields{"delegation": {Key: "form.required"}}.Err()
	}
	if x.DelegationID != 0 || !x.here() {
		return d, problem.New(problem.Conflict, "forums.in_a_delegation")
	}
	if err := insertDelegation(ctx, tx, d); err != nil {
		return d, err
	}
	if err := journal.Record(ctx, tx, as, "forums.delegation.form", nil, d); err != nil {
		return d, err
	}
	before := *x
	x.DelegationID = d.ID
	x.Version++
	if err := joinDelegation(ctx, tx, *x); err != nil {
		return d, err
	}
	return d, journal.Record(ctx, tx, as, "forums.people.join", before, *x)
}

// AddMember registers somebody with the delegation that the holder of a link leads.
// Whoever has an address gets a link of his own.
func (s *Service) AddMember(ctx context.Context, by access.Actor, token string, n NewRegistration) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		p, err := s.party(ctx, tx, token)
		if err != nil {
			return err
		}
		if len(p.Members) >= mostMembers {
			return problem.New(problem.Conflict, "forums.too_many_members", "most", mostMembers)
		}
		x, err := s.enter(tx, p.Forum, n, p.Delegation.ID)
		if err != nil {
			return err
		}
		return s.enlist(ctx, tx, guest(by), p.Forum, x)
	})
}

// enlist stores the registration of a member. One address has one registration in a
// forum: whoever is known by it comes already.
func (s *Service) enlist(ctx context.Context, tx *db.Tx, as access.Actor, f Forum, x Registration) error {
	token := ""
	if x.Email != "" {
		if _, known, err := registrationByEmail(ctx, tx, f.ID, strings.ToLower(x.Email)); err != nil || known {
			if err == nil {
				err = problem.Fields{"email": {Key: "forums.known_address"}}.Err()
			}
			return err
		}
		token = secret(16)
	}
	hash := ""
	if token != "" {
		hash = hashOf(token)
	}
	if err := insertRegistration(ctx, tx, x, hash); err != nil {
		return err
	}
	if err := journal.Record(ctx, tx, as, "forums.people.register", nil, x); err != nil {
		return err
	}
	return s.hand(ctx, tx, Pass{f, x, token})
}

// SwapMember gives the seat of a member to somebody else, who stands where the other
// stood as far as the quotas allow. Who the other was is forgotten.
func (s *Service) SwapMember(ctx context.Context, by access.Actor, token string, member ref.ID, n NewRegistration) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		p, err := s.party(ctx, tx, token)
		if err != nil {
			return err
		}
		left, err := p.member(member)
		if err != nil {
			return err
		}
		if err := p.Forum.maySwap(left, s.today(tx)); err != nil {
			return err
		}
		x := s.register(tx, p.Forum, n) // also after registration has closed: nobody is added
		x.DelegationID = p.Delegation.ID
		if err := x.check(n.Consent); err != nil {
			return err
		}
		as := guest(by)
		if err := s.leave(ctx, tx, as, p.Forum, left); err != nil {
			return err
		}
		list, err := balances(ctx, tx, p.Forum.ID)
		if err != nil {
			return err
		}
		if x.State, x.QuotaID = heir(list, left, x); x.State != Asked {
			x.DecidedAt = db.At(tx.Now())
		}
		if err := s.enlist(ctx, tx, as, p.Forum, x); err != nil {
			return err
		}
		if err := s.linksLater(ctx, tx, p.Forum); err != nil {
			return err
		}
		return s.fill(ctx, tx, access.Portal("forums"), p.Forum)
	})
}

// DropMember takes somebody out of the delegation and the forum.
func (s *Service) DropMember(ctx context.Context, by access.Actor, token string, member ref.ID) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		p, err := s.party(ctx, tx, token)
		if err != nil {
			return err
		}
		x, err := p.member(member)
		if err != nil {
			return err
		}
		if err := s.leave(ctx, tx, guest(by), p.Forum, x); err != nil {
			return err
		}
		return s.fill(ctx, tx, access.Portal("forums"), p.Forum)
	})
}

// passLead gives the delegation of a leader who left to the first member with an
// address, who gets a new link, and to nobody where nobody has one.
func (s *Service) passLead(ctx context.Context, tx *db.Tx, f Forum, left Registration) error {
	if left.DelegationID == 0 {
		return nil
	}
	d, err := delegationByID(ctx, tx, left.DelegationID)
	if err != nil || d.LeadID != left.ID {
		return err
	}
	members, err := membersOf(ctx, tx, d.ID)
	if err != nil {
		return err
	}
	before := d
	x, ok := next(members, left.ID)
	d.LeadID = x.ID
	d.Version++
	if err := updateLead(ctx, tx, d); err != nil {
		return err
	}
	if err := journal.Record(ctx, tx, access.Portal("forums"), "forums.delegation.lead", before, d); err != nil || !ok {
		return err
	}
	token := secret(16)
	if err := newLink(ctx, tx, x.ID, hashOf(token)); err != nil {
		return err
	}
	return s.hand(ctx, tx, Pass{f, x, token})
}

// Change keeps what a person says of himself: the name as it stands on the badge, the
// organization, the needs. The address stays, and so does what the quotas ask.
func (s *Service) Change(ctx context.Context, by access.Actor, token string, n Private) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		x, err := registrationByToken(ctx, tx, hashOf(token))
		if err != nil {
			return err
		}
		if !x.here() {
			return problem.New(problem.Conflict, "forums.over_already")
		}
		before := x
		x.Name, x.Org, x.Needs, x.Note = n.Name, n.Org, n.Needs, n.Note
		if x.Needs == nil {
			x.Needs = []Need{}
		}
		if err := x.check(true); err != nil {
			return err
		}
		x.Version++
		if err := updatePerson(ctx, tx, x); err != nil {
			return err
		}
		return journal.Record(ctx, tx, guest(by), "forums.people.change", before, x)
	})
}
