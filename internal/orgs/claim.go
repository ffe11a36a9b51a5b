package orgs

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"slices"
	"time"

	"birge/internal/accounts"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/todo"
)

// Way is how a claim is proved.
type Way string

// The ways.
const (
	ByLetter Way = "letter" // an officer checks a letter of the organization
	ByMail   Way = "mail"   // a code goes to the address in the register
)

// ClaimState is how far a claim has come.
type ClaimState string

// The states. A claim that was proved is accepted at once when nobody speaks for
// the organization; else the present leads are told and have ten days.
const (
	ClaimSent      ClaimState = "sent"
	ClaimWaiting   ClaimState = "waiting"
	ClaimObjected  ClaimState = "objected"
	ClaimAccepted  ClaimState = "accepted"
	ClaimRefused   ClaimState = "refused"
	ClaimWithdrawn ClaimState = "withdrawn"
)

const codeLives = 72 * time.Hour

// normObjection is the norm of the days in which a present lead may object.
const normObjection = "claim.objection"

// Claim is a person's wish to speak for an organization. It is never public.
type Claim struct {
	ID      ref.ID `json:"id"`
	Version int64  `json:"version"`
	OrgID   ref.ID `json:"org_id"`
	UserID  ref.ID `json:"user_id"`
	Way     Way    `json:"way"`
	// Letter is the number and date of the letter that the organization sent to
	// the keepers of the register, "" for a claim by mail.
	Letter string `json:"letter"`
	// Post is what the person is in the organization.
	Post   string     `json:"post"`
	State  ClaimState `json:"state"`
	SentOn db.Date    `json:"sent_on"`
	// Until is the last day on which a present lead may object.
	Until     db.Date   `json:"until"`
	Objection i18n.Text `json:"objection"`
	DecidedOn db.Date   `json:"decided_on"`
	DecidedBy ref.ID    `json:"decided_by"`
	Reason    i18n.Text `json:"reason"`
	codeHash  []byte
	codeUntil db.Time
}

// Ref names the claim to other rooms.
func (c Claim) Ref() ref.Ref {
	return ref.Ref{Kind: "organization_claim", ID: c.ID, Path: "/organizations/claims/" + c.ID.String()}
}

// Root is the organization.
func (c Claim) Root() ref.Ref { return ref.Ref{Kind: Kind, ID: c.OrgID} }

// JournalVersion is the version of the row.
func (c Claim) JournalVersion() int64 { return c.Version }

// Public tells that strangers never see a claim.
func (c Claim) Public() bool { return false }

// Open tells that nobody has decided the claim.
func (c Claim) Open() bool { return c.DecidedOn.IsZero() }

func (c *Claim) end(state ClaimState, by ref.ID, reason i18n.Text, today db.Date) {
	c.State, c.DecidedBy, c.Reason, c.DecidedOn = state, by, reason.Trim(), today
	c.codeHash, c.codeUntil = nil, db.Time{}
}

// proved moves a claim on after its letter or its code was found right. leads is
// how many people speak for the organization now; they may object until a day.
func (c *Claim) proved(leads int, by ref.ID, today, until db.Date) error {
	if c.State != ClaimSent {
		return problem.New(problem.Conflict, "orgs.claim_moved_on")
	}
	if leads == 0 {
		c.end(ClaimAccepted, by, i18n.Text{}, today)
		return nil
	}
	c.State, c.Until = ClaimWaiting, until
	return nil
}

// object is a present lead's no, within the ten days.
func (c *Claim) object(why i18n.Text, today db.Date) error {
	var bad problem.Fields
	bad.Reject(why.Trim().IsZero(), "why", "orgs.why_missing")
	switch {
	case c.State != ClaimWaiting || today.After(c.Until):
		return problem.New(problem.Conflict, "orgs.claim_moved_on")
	case bad != nil:
		return bad.Err()
	}
	c.State, c.Objection = ClaimObjected, why.Trim()
	return nil
}

// decide is an officer's word on a claim that was objected to, or a refusal of a
// letter. Whoever refuses, or accepts over an objection, says why.
func (c *Claim) decide(accept bool, by ref.ID, why i18n.Text, today db.Date) error {
	var bad problem.Fields
	bad.Reject(why.Trim().IsZero(), "why", "orgs.why_missing")
	switch {
	case c.State != ClaimObjected && (accept || c.State != ClaimSent):
		return problem.New(problem.Conflict, "orgs.claim_moved_on")
	case bad != nil:
		return bad.Err()
	}
	state := ClaimRefused
	if accept {
		state = ClaimAccepted
	}
	c.end(state, by, why, today)
	return nil
}

// mayDecideClaim: an officer of the place, never on a claim of their own.
func mayDecideClaim(by access.Actor, c Claim, place Place) error {
	if by.UserID == c.UserID {
		return problem.New(problem.Forbidden, "orgs.claim_own")
	}
	if err := MayKeepRegister(by, place); err != nil {
		return problem.New(problem.NotFound, "problem.not_found")
	}
	return nil
}

// NewClaim is what a person fills in who wants to speak for an organization.
type NewClaim struct {
	OrgID  ref.ID
	Way    Way
	Post   string
	Letter string // its number and date
}

func (n NewClaim) check(o Organization, mails bool) error {
	var bad problem.Fields
	bad.Reject(trimmed(n.Post) == "", "post", "orgs.post_missing")
	bad.Reject(len([]rune(n.Post)) > 120, "post", "orgs.too_long", "max", 120)
	bad.Reject(n.Way != ByLetter && n.Way != ByMail, "way", "orgs.way_unknown")
	bad.Reject(n.Way == ByLetter && n.Letter == "", "letter", "orgs.letter_missing")
	bad.Reject(n.Way == ByMail && (o.Mail == "" || !mails), "way", "orgs.no_mail")
	return bad.Err()
}

// Claim asks to speak for an organization. By mail, a code for one act goes to
// the address in the register.
func (s *Service) Claim(ctx context.Context, by access.Actor, n NewClaim) (c Claim, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		o, err := living(ctx, tx, n.OrgID)
		if err != nil {
			return err
		}
		switch {
		case !by.SignedIn():
			return problem.New(problem.Unauthenticated, "problem.sign_in")
		case by.LeadsOrg(o.ID):
			return problem.New(problem.Conflict, "orgs.claim_lead_already")
		}
		if err := n.check(o, s.SendCode != nil); err != nil {
			return err
		}
		c = Claim{ID: tx.NewID(), Version: 1, OrgID: o.ID, UserID: by.UserID, Way: n.Way, Letter: n.Letter, Post: trimmed(n.Post),
			State: ClaimSent, SentOn: s.today(tx)}
		if n.Way == ByMail {
			if err := s.mailCode(ctx, tx, &c, o); err != nil {
				return err
			}
		}
		if err := insertClaim(ctx, tx, c); err != nil {
			return err
		}
		return journal.Record(ctx, tx, by, "orgs.claim.send", nil, c)
	})
	return c, err
}

func (s *Service) mailCode(ctx context.Context, tx *db.Tx, c *Claim, o Organization) error {
	code := make([]byte, 16)
	_, _ = rand.Read(code)
	hash := sha256.Sum256([]byte(hex.EncodeToString(code)))
	c.codeHash, c.codeUntil = hash[:], db.At(tx.Now().Add(codeLives))
	return s.SendCode(ctx, tx, *c, o, hex.EncodeToString(code))
}

// ProveByCode proves a claim by the code that was mailed to the register's address.
func (s *Service) ProveByCode(ctx context.Context, by access.Actor, id ref.ID, code string) (Claim, error) {
	return s.actOnClaim(ctx, by, id, "orgs.claim.prove", func(tx *db.Tx, c *Claim, o Organization) error {
		if c.UserID != by.UserID || !by.SignedIn() {
			return problem.New(problem.NotFound, "problem.not_found")
		}
		hash := sha256.Sum256([]byte(trimmed(code)))
		if c.Way != ByMail || c.codeUntil.Before(tx.Now()) || subtle.ConstantTimeCompare(hash[:], c.codeHash) != 1 {
			var bad problem.Fields
			bad.Reject(true, "code", "orgs.code_wrong")
			return bad.Err()
		}
		return s.prove(ctx, tx, access.Portal("claims"), c, o)
	})
}

// CheckLetter tells that an officer found the letter of a claim right.
func (s *Service) CheckLetter(ctx context.Context, by access.Actor, id ref.ID) (Claim, error) {
	return s.actOnClaim(ctx, by, id, "orgs.claim.check", func(tx *db.Tx, c *Claim, o Organization) error {
		place, _ := s.PlaceOf(o.PlaceID)
		if err := mayDecideClaim(by, *c, place); err != nil {
			return err
		}
		if c.Way != ByLetter {
			return problem.New(problem.Conflict, "orgs.claim_moved_on")
		}
		return s.prove(ctx, tx, by, c, o)
	})
}

func (s *Service) prove(ctx context.Context, tx *db.Tx, by access.Actor, c *Claim, o Organization) error {
	speak, err := leads(ctx, tx, o.ID)
	if err != nil {
		return err
	}
	if err := c.proved(len(speak), by.UserID, s.today(tx), s.today(tx).AddDays(s.days(normObjection))); err != nil {
		return err
	}
	if c.State == ClaimAccepted {
		return s.giveLead(ctx, tx, c.UserID, o)
	}
	if s.TellLeads == nil {
		return nil
	}
	return s.TellLeads(ctx, tx, *c, o, speak)
}

// ObjectTo is the no of somebody who speaks for the organization now.
func (s *Service) ObjectTo(ctx context.Context, by access.Actor, id ref.ID, why i18n.Text) (Claim, error) {
	return s.actOnClaim(ctx, by, id, "orgs.claim.object", func(tx *db.Tx, c *Claim, o Organization) error {
		if !by.LeadsOrg(o.ID) || by.UserID == c.UserID {
			return problem.New(problem.NotFound, "problem.not_found")
		}
		return c.object(why, s.today(tx))
	})
}

// DecideClaim is an officer's decision.
func (s *Service) DecideClaim(ctx context.Context, by access.Actor, id ref.ID, accept bool, why i18n.Text) (Claim, error) {
	return s.actOnClaim(ctx, by, id, "orgs.claim.decide", func(tx *db.Tx, c *Claim, o Organization) error {
		place, _ := s.PlaceOf(o.PlaceID)
		if err := mayDecideClaim(by, *c, place); err != nil {
			return err
		}
		if err := c.decide(accept, by.UserID, why, s.today(tx)); err != nil || !accept {
			return err
		}
		return s.giveLead(ctx, tx, c.UserID, o)
	})
}

// WithdrawClaim takes one's own claim back.
func (s *Service) WithdrawClaim(ctx context.Context, by access.Actor, id ref.ID) (Claim, error) {
	return s.actOnClaim(ctx, by, id, "orgs.claim.withdraw", func(tx *db.Tx, c *Claim, _ Organization) error {
		if c.UserID != by.UserID || !by.SignedIn() {
			return problem.New(problem.NotFound, "problem.not_found")
		}
		if !c.Open() {
			return problem.New(problem.Conflict, "orgs.claim_moved_on")
		}
		c.end(ClaimWithdrawn, by.UserID, i18n.Text{}, s.today(tx))
		return nil
	})
}

// EndWaiting accepts the claims to which no present lead objected in ten days,
// and tells how many there were. It runs every night.
func (s *Service) EndWaiting(ctx context.Context) (n int, err error) {
	var due []Claim
	if err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		due, err = claimsWaitedOut(ctx, tx, s.today(tx))
		return err
	}); err != nil {
		return 0, err
	}
	clock := access.Portal("claims")
	for _, c := range due {
		_, err := s.actOnClaim(ctx, clock, c.ID, "orgs.claim.accept", func(tx *db.Tx, c *Claim, o Organization) error {
			if c.State != ClaimWaiting || !c.Until.Before(s.today(tx)) {
				return problem.New(problem.Conflict, "orgs.claim_moved_on")
			}
			c.end(ClaimAccepted, 0, i18n.Text{}, s.today(tx))
			return s.giveLead(ctx, tx, c.UserID, o)
		})
		switch {
		case err == nil:
			n++
		case !problem.Is(err, problem.Conflict): // somebody was faster
			return n, err
		}
	}
	return n, nil
}

// giveLead makes a person speak for an organization, unless they do already. The
// entry of the claim, or of the merge, tells who decided it.
func (s *Service) giveLead(ctx context.Context, tx *db.Tx, person ref.ID, o Organization) error {
	speak, err := leads(ctx, tx, o.ID)
	if err != nil || slices.Contains(speak, person) {
		return err
	}
	_, err = s.Accounts.GiveRoleIn(ctx, tx, access.Portal("claims"), person, access.Lead, o.Ref())
	return err
}

// actOnClaim loads a claim with its organization, applies one rule, stores and
// records it.
func (s *Service) actOnClaim(ctx context.Context, by access.Actor, id ref.ID, act string,
	rule func(tx *db.Tx, c *Claim, o Organization) error) (c Claim, err error) {
	defer s.Accounts.RolesGiven()
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if c, err = claimByID(ctx, tx, id); err != nil {
			return err
		}
		o, err := byID(ctx, tx, c.OrgID)
		if err != nil {
			return err
		}
		before := c
		if err := rule(tx, &c, o); err != nil {
			return err
		}
		if err := s.saveClaim(ctx, tx, by, act, before, c); err != nil {
			return err
		}
		c.Version++
		return nil
	})
	return c, err
}

func (s *Service) saveClaim(ctx context.Context, tx *db.Tx, by access.Actor, act string, before, c Claim) error {
	if err := updateClaim(ctx, tx, c); err != nil {
		return err
	}
	c.Version++
	return journal.Record(ctx, tx, by, act, before, c)
}

// Case is a claim with what its reader may know and do.
type Case struct {
	Claim
	Org Organization
	// Claimant is who asks, for those who judge the claim.
	Claimant string
	// Mine tells that the reader sent it, Keep that the reader decides it as an
	// officer, Lead that the reader may object.
	Mine, Keep, Lead bool
}

// CaseOf gives a claim to its sender, the leads of the organization and the
// officers who decide it.
func (s *Service) CaseOf(ctx context.Context, by access.Actor, id ref.ID) (c Case, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		c = Case{}
		if c.Claim, err = claimByID(ctx, tx, id); err != nil {
			return err
		}
		if c.Org, err = byID(ctx, tx, c.OrgID); err != nil {
			return err
		}
		place, _ := s.PlaceOf(c.Org.PlaceID)
		c.Mine = by.SignedIn() && by.UserID == c.UserID
		c.Keep = by.SignedIn() && mayDecideClaim(by, c.Claim, place) == nil
		c.Lead = by.LeadsOrg(c.OrgID) && !c.Mine
		if !c.Mine && !c.Keep && !c.Lead {
			return problem.New(problem.NotFound, "problem.not_found")
		}
		if c.Mine {
			return nil
		}
		person, err := accounts.PersonIn(ctx, tx, c.UserID)
		c.Claimant = person.Name
		return err
	})
	if err == nil && c.Claimant != "" {
		s.Accounts.Looked(by, c.UserID, c.Claim.Ref().Path)
	}
	return c, err
}

// Claimable gives an organization to somebody who wants to speak for it, and
// tells whether somebody does already and whether a code can be mailed.
func (s *Service) Claimable(ctx context.Context, by access.Actor, id ref.ID) (o Organization, taken, mails bool, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if o, err = living(ctx, tx, id); err != nil {
			return err
		}
		if by.LeadsOrg(o.ID) {
			return problem.New(problem.Conflict, "orgs.claim_lead_already")
		}
		speak, err := leads(ctx, tx, o.ID)
		taken, mails = len(speak) > 0, o.Mail != "" && s.SendCode != nil
		return err
	})
	return o, taken, mails, err
}

// Waiting lists what waits for the actor in the register: claims to decide, asked
// corrections of facts.
func (s *Service) Waiting(ctx context.Context, by access.Actor) ([]todo.Task, error) {
	return todo.Of(ctx, s.db, by, s.claimsWaiting, s.factsAsked)
}

func (s *Service) claimsWaiting(ctx context.Context, tx *db.Tx, by access.Actor) (out []todo.Task, err error) {
	list, of, err := s.claimsFor(ctx, tx, by)
	for _, c := range list {
		out = append(out, todo.Task{Act: "orgs.claim.decide", Thing: of[c.OrgID].Ref(), Path: c.Ref().Path, Since: c.SentOn})
	}
	return out, err
}

// Claims lists the claims that wait for the actor as an officer.
func (s *Service) Claims(ctx context.Context, by access.Actor) (out []Claim, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		out, _, err = s.claimsFor(ctx, tx, by)
		return err
	})
	return out, err
}

// claimsFor gives the claims that the actor may decide, and their organizations.
func (s *Service) claimsFor(ctx context.Context, tx *db.Tx, by access.Actor) ([]Claim, map[ref.ID]Organization, error) {
	all, err := claimsToDecide(ctx, tx)
	if err != nil {
		return nil, nil, err
	}
	ids := make([]ref.ID, len(all))
	for i, c := range all {
		ids[i] = c.OrgID
	}
	of, err := ByIDs(ctx, tx, ids)
	return slices.DeleteFunc(all, func(c Claim) bool {
		place, _ := s.PlaceOf(of[c.OrgID].PlaceID)
		return mayDecideClaim(by, c, place) != nil
	}), of, err
}

// ClaimsOf lists the claims that the actor has sent.
func (s *Service) ClaimsOf(ctx context.Context, by access.Actor) (out []Claim, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		out, err = claimsOf(ctx, tx, by.UserID)
		return err
	})
	return out, err
}
