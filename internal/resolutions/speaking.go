package resolutions

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"birge/internal/accounts"
	"birge/internal/forums"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// Speak takes what somebody wants who has no account. With the code of a registration
// for the forum it is done at once, and the proposal is given; with an address a link
// is mailed, and it is done when the link is used: the proposal given has no id.
func (s *Service) Speak(ctx context.Context, from accounts.Knock, g Guest, a GuestAct) (p Proposal, err error) {
	if g.Code == "" {
		return p, s.db.Update(ctx, func(tx *db.Tx) error { return s.askByMail(ctx, tx, from, g, a) })
	}
	if err := s.db.Update(ctx, func(tx *db.Tx) error { return accounts.GuessCode(ctx, tx, from, a.New.DocumentID) }); err != nil {
		return p, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if err := s.wanted(ctx, tx, g, &a); err != nil {
			return err
		}
		d, err := documentByID(ctx, tx, a.New.DocumentID)
		if err != nil {
			return err
		}
		x, err := forums.Participant(ctx, tx, d.ForumID, g.Code)
		if err != nil {
			return err
		}
		p, err = s.speak(ctx, tx, guest{Email: x.Email, Lang: g.Lang, Registration: x.ID}, a, false)
		return err
	})
	return p, err
}

// wanted judges what somebody wants before a link is mailed for it, and completes it.
func (s *Service) wanted(ctx context.Context, tx *db.Tx, g Guest, a *GuestAct) error {
	if a.Support != 0 {
		p, err := proposalByID(ctx, tx, a.Support)
		if err != nil {
			return err
		}
		if p.DocumentID != a.New.DocumentID {
			return problem.New(problem.NotFound, "problem.not_found")
		}
		d, err := documentByID(ctx, tx, p.DocumentID)
		if err != nil {
			return err
		}
		if !d.Open() || !p.stands() {
			return problem.New(problem.Conflict, "resolutions.proposal.over")
		}
		return g.check()
	}
	at, err := gatheredIn(ctx, tx, a.New.DocumentID)
	if err != nil {
		return err
	}
	if a.New.ByOrg != 0 {
		return problem.New(problem.Forbidden, "resolutions.proposal.not_your_org")
	}
	a.New.Text = a.New.Text.Trim()
	if err := a.New.check(at.Document, at.slots); err != nil {
		return err
	}
	return g.check()
}

// askByMail mails the link by which an act is done.
func (s *Service) askByMail(ctx context.Context, tx *db.Tx, from accounts.Knock, g Guest, a GuestAct) error {
	if err := s.wanted(ctx, tx, g, &a); err != nil {
		return err
	}
	a.Lang = g.Lang
	data, err := json.Marshal(a)
	if err != nil {
		return err
	}
	token, until, err := accounts.AskProof(ctx, tx, from, accounts.Proof{Act: byMail, Email: g.Email, Data: string(data)})
	if err != nil {
		return err
	}
	l := GuestLetter{News: NewsConfirm, Email: g.Email, Lang: g.Lang, Token: token, Until: until}
	if l.Text, l.Document, err = about(ctx, tx, a); err != nil {
		return err
	}
	return s.post(ctx, tx, l)
}

func (s *Service) post(ctx context.Context, tx *db.Tx, l GuestLetter) error {
	if s.Post == nil || l.Email == "" {
		return nil
	}
	return s.Post(ctx, tx, l)
}

// Asked is what the link of a letter would do.
type Asked struct {
	GuestLetter
	Support bool // else it proposes
}

// about is the proposal and the document of an act.
func about(ctx context.Context, tx *db.Tx, a GuestAct) (text i18n.Text, d Document, err error) {
	text = a.New.Text
	if a.Support != 0 {
		p, err := proposalByID(ctx, tx, a.Support)
		if err != nil {
			return text, d, err
		}
		text = p.Text
	}
	d, err = documentByID(ctx, tx, a.New.DocumentID)
	return text, d, err
}

// AskedByMail shows what a link would do. It changes nothing.
func (s *Service) AskedByMail(ctx context.Context, token string) (out Asked, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		p, err := accounts.ProofOf(ctx, tx, byMail, token)
		if err != nil {
			return err
		}
		g, a, err := readAct(p)
		if err != nil {
			return err
		}
		out = Asked{GuestLetter: GuestLetter{Email: g.Email, Until: p.Until}, Support: a.Support != 0}
		out.Text, out.Document, err = about(ctx, tx, a)
		return err
	})
	return out, err
}

// ConfirmByMail does what the link of a letter is for, once.
func (s *Service) ConfirmByMail(ctx context.Context, token string) (p Proposal, support bool, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		proof, err := accounts.Prove(ctx, tx, byMail, token)
		if err != nil {
			return err
		}
		g, a, err := readAct(proof)
		if err != nil {
			return err
		}
		support = a.Support != 0
		p, err = s.speak(ctx, tx, g, a, true)
		return err
	})
	return p, support, err
}

// readAct reads what was kept with a link.
func readAct(p accounts.Proof) (g guest, a GuestAct, err error) {
	if err := json.Unmarshal([]byte(p.Data), &a); err != nil {
		return g, a, fmt.Errorf("resolutions: what waits for a link: %w", err)
	}
	return guest{Email: p.Email, Lang: a.Lang}, a, nil
}

// speak does what a guest wants. mailed tells that the guest reads letters now, so that
// a support is told by one too.
func (s *Service) speak(ctx context.Context, tx *db.Tx, g guest, a GuestAct, mailed bool) (p Proposal, err error) {
	who, err := voterOf(ctx, tx, g)
	if err != nil {
		return p, err
	}
	l := GuestLetter{News: NewsProposed, Email: g.Email, Lang: g.Lang}
	if a.Support != 0 {
		l.News = NewsSupported
		if p, err = s.support(ctx, tx, who, a.Support, false); err != nil || !mailed {
			return p, err
		}
	} else {
		at, err := gatheredIn(ctx, tx, a.New.DocumentID)
		if err != nil {
			return p, err
		}
		if p, err = s.propose(ctx, tx, visitor(), at, a.New, Proposal{ByPerson: who.person, ByGuest: who.guest}); err != nil {
			return p, err
		}
	}
	if who.guest != 0 {
		l.Token = newToken()
		if err := seen(ctx, tx, who.guest, l.Token); err != nil {
			return p, err
		}
	}
	if l.Document, err = documentByID(ctx, tx, p.DocumentID); err != nil {
		return p, err
	}
	l.Text, l.Path = p.Text, p.Ref().Path
	return p, s.post(ctx, tx, l)
}

// voterOf finds who a guest is: the account that has the address, else the guest who
// spoke before, else a new one.
func voterOf(ctx context.Context, tx *db.Tx, g guest) (who voter, err error) {
	var known guest
	var ok bool
	if g.Email == "" {
		known, ok, err = guestByRegistration(ctx, tx, g.Registration)
	} else {
		p, active, err := accounts.PersonByEmailIn(ctx, tx, g.Email)
		switch {
		case err != nil:
			return who, err
		case active:
			return voter{person: p.ID}, nil
		case p.ID != 0: // blocked
			return who, problem.New(problem.Forbidden, "problem.forbidden")
		}
		if known, ok, err = guestByEmail(ctx, tx, g.Email); err != nil {
			return who, err
		}
		g.Registration = 0 // the address is enough
	}
	if err != nil || ok {
		return voter{guest: known.ID}, err
	}
	g.ID = tx.NewID()
	return voter{guest: g.ID}, insertGuest(ctx, tx, g)
}

// oneself is a person who is signed in, with what they said before by the same address
// without an account.
func oneself(ctx context.Context, tx *db.Tx, by access.Actor) (voter, error) {
	who := voter{person: by.UserID}
	g, ok, err := guestOfPerson(ctx, tx, by.UserID)
	if problem.Is(err, problem.NotFound) {
		return who, nil
	}
	if err != nil || !ok {
		return who, err
	}
	return who, becomeAccount(ctx, tx, g, by.UserID)
}

// GuestStory is all that a guest said, and all that is kept of them.
type GuestStory struct {
	Email     string     `json:"email"`
	Proposals []Proposal `json:"proposals"`
	Supported []Proposal `json:"supported"`
	Items     []Grown    `json:"items"` // that grew from the proposals
}

// keepGuest is for how long after their last word it is known who guests are.
const keepGuest = 365 * 24 * time.Hour

// SaidByGuest shows to the holder of a link what they said.
func (s *Service) SaidByGuest(ctx context.Context, token string) (y GuestStory, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		g, err := guestByToken(ctx, tx, token)
		if err != nil {
			return orLinkOver(err)
		}
		y = GuestStory{Email: g.Email}
		if y.Proposals, err = db.All(ctx, tx, scanProposal, `SELECT `+proposalColumns+` FROM resolution_proposals WHERE by_guest = $1 ORDER BY id`, g.ID); err != nil {
			return err
		}
		y.Supported, err = db.All(ctx, tx, scanProposal, `SELECT `+proposalColumns+` FROM resolution_proposals
			WHERE id IN (SELECT proposal_id FROM resolution_supports WHERE person_id = $1) ORDER BY id`, g.ID)
		if err != nil {
			return err
		}
		y.Items, err = s.grownFrom(ctx, tx, g.ID)
		return err
	})
	return y, err
}

func linkOver() error { return problem.New(problem.NotFound, "resolutions.link_over") }

func orLinkOver(err error) error {
	if problem.Is(err, problem.NotFound) {
		return linkOver()
	}
	return err
}

// TakeBackByLink takes back a proposal, or a support, that the holder of a link made.
func (s *Service) TakeBackByLink(ctx context.Context, token string, id ref.ID) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		g, err := guestByToken(ctx, tx, token)
		if err != nil {
			return orLinkOver(err)
		}
		p, err := proposalByID(ctx, tx, id)
		if err != nil {
			return err
		}
		if p.ByGuest == g.ID {
			return s.withdraw(ctx, tx, visitor(), p)
		}
		_, err = s.support(ctx, tx, voter{guest: g.ID}, id, true)
		return err
	})
}

// EraseByLink forgets the holder of a link: what they proposed stays without them, what
// they supported counts no more.
func (s *Service) EraseByLink(ctx context.Context, token string) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		g, err := guestByToken(ctx, tx, token)
		if err != nil {
			return orLinkOver(err)
		}
		return eraseGuest(ctx, tx, g.ID)
	})
}
