package forums

import (
	"context"
	"slices"
	"strings"
	"time"

	"birge/internal/accounts"
	"birge/internal/orgs"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/todo"
)

// HelpNews is what a letter about help or a stand tells.
type HelpNews string

// The letters.
const (
	HelpOffered  HelpNews = "offered"  // to the organization
	HelpSent     HelpNews = "sent"     // to who offers, with the link by which it is taken back
	HelpAnswered HelpNews = "answered" // to who offered
	StandTold    HelpNews = "stand"    // to the organization: where its stand is, or why not
)

// HelpLetter is what somebody is told of an offer or of a stand.
type HelpLetter struct {
	News  HelpNews
	To    Reached
	What  ref.Ref // the project, or the organization
	Offer HelpOffer
	Token string // of HelpSent
	Stand Stand
	Forum Forum
}

// Target is what somebody offers help to.
type Target struct {
	What   ref.Ref // a project, or an organization
	Org    ref.Ref
	Sample bool
	// To are those who would be told; with nobody to tell no help can be offered here.
	To []Reached
}

// Target finds a project or an organization to which help is offered. A project that
// is over needs none.
func (s *Service) Target(ctx context.Context, project, org ref.ID) (t Target, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		t, err = s.targetIn(ctx, tx, project, org)
		return err
	})
	return t, err
}

func (s *Service) targetIn(ctx context.Context, tx *db.Tx, project, org ref.ID) (t Target, err error) {
	if project != 0 {
		list, err := s.Exhibits(ctx, tx, []ref.ID{project})
		if err != nil {
			return t, err
		}
		if len(list) == 0 {
			return t, problem.New(problem.NotFound, "problem.not_found")
		}
		if list[0].Ended {
			return t, problem.New(problem.Conflict, "forums.help_ended")
		}
		t.What, org = list[0].Ref, list[0].OrgID
	}
	byID, err := orgs.ByIDs(ctx, tx, []ref.ID{org})
	if err != nil {
		return t, err
	}
	o, ok := byID[org]
	if !ok || !o.Closed.IsZero() {
		return t, problem.New(problem.NotFound, "problem.not_found")
	}
	t.Org, t.Sample = o.Ref(), o.Sample
	if project == 0 {
		t.What = t.Org
	}
	t.To, err = reachable(ctx, tx, o)
	return t, err
}

// Reached is an address to which a letter goes, and the language of the letter.
type Reached struct {
	Email string
	Lang  i18n.Lang
}

// reachable is where an organization reads: its leads, without them the address in
// the register.
func reachable(ctx context.Context, tx *db.Tx, o orgs.Organization) (out []Reached, err error) {
	leads, err := accounts.Holders(ctx, tx, access.Lead, o.ID)
	for _, p := range leads {
		if p.Email != "" {
			out = append(out, Reached{p.Email, p.Speaks()})
		}
	}
	if len(leads) == 0 && o.Mail != "" {
		out = append(out, Reached{o.Mail, i18n.KK})
	}
	return out, err
}

// NewOffer is what somebody fills in to help.
type NewOffer struct {
	ProjectID, OrgID, StandID ref.ID // of the project, else of the organization
	Kind                      HelpKind
	Helper
	Consent bool
}

// OfferHelp takes down who wants to help, without an account, and tells the
// organization and the person. One address can offer so often a day, and an
// organization is offered so much.
func (s *Service) OfferHelp(ctx context.Context, by access.Actor, n NewOffer) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		t, err := s.targetIn(ctx, tx, n.ProjectID, n.OrgID)
		if err != nil {
			return err
		}
		if len(t.To) == 0 {
			return problem.New(problem.Conflict, "forums.help_nobody")
		}
		o := HelpOffer{ID: tx.NewID(), Version: 1, OrgID: t.Org.ID, ProjectID: n.ProjectID, Kind: n.Kind, State: OfferSent, SentAt: db.At(tx.Now()), Sample: t.Sample, Helper: n.Helper}
		if o.StandID, err = standFor(ctx, tx, n.StandID, o); err != nil {
			return err
		}
		if err := o.check(n.Consent); err != nil {
			return err
		}
		token, folded := secret(16), strings.ToLower(o.Email)
		from, to, err := offeredSince(ctx, tx, folded, o.OrgID, db.At(tx.Now().Add(-24*time.Hour)))
		if err != nil {
			return err
		}
		if from >= mostFromOne || to >= mostForOrg {
			return problem.New(problem.Conflict, "forums.help_enough")
		}
		if err := insertOffer(ctx, tx, o, folded, hashOf(token)); err != nil {
			return err
		}
		if err := journal.Record(ctx, tx, access.Portal("visitor"), "forums.help.offer", nil, o); err != nil {
			return err
		}
		if err := s.inform(ctx, tx, HelpLetter{News: HelpSent, To: Reached{o.Email, o.Lang}, What: t.What, Offer: o, Token: token}); err != nil {
			return err
		}
		for _, who := range t.To {
			if err := s.inform(ctx, tx, HelpLetter{News: HelpOffered, To: who, What: t.What, Offer: o}); err != nil {
				return err
			}
		}
		return nil
	})
}

// standFor is the stand at which an offer was made, 0 where it is not one of what the
// offer is for.
func standFor(ctx context.Context, tx *db.Tx, id ref.ID, o HelpOffer) (ref.ID, error) {
	if id == 0 {
		return 0, nil
	}
	x, err := standByID(ctx, tx, id)
	if problem.Is(err, problem.NotFound) || err == nil && (x.OrgID != o.OrgID || x.ProjectID != o.ProjectID || !x.Public()) {
		return 0, nil
	}
	return x.ID, err
}

func (s *Service) inform(ctx context.Context, tx *db.Tx, l HelpLetter) error {
	if s.Inform == nil || l.To.Email == "" {
		return nil
	}
	return s.Inform(ctx, tx, l)
}

// tellStand tells an organization where its stand is, or why it has none.
func (s *Service) tellStand(ctx context.Context, tx *db.Tx, f Forum, x Stand) error {
	byID, err := orgs.ByIDs(ctx, tx, []ref.ID{x.OrgID})
	if err != nil {
		return err
	}
	list, err := reachable(ctx, tx, byID[x.OrgID])
	if err != nil {
		return err
	}
	shown, err := s.named(ctx, tx, access.Actor{}, []Stand{x})
	if err != nil {
		return err
	}
	for _, who := range list {
		if err := s.inform(ctx, tx, HelpLetter{News: StandTold, To: who, What: shown[0].What(), Stand: x, Forum: f}); err != nil {
			return err
		}
	}
	return nil
}

// Offered is an offer with the name of what it is for.
type Offered struct {
	HelpOffer
	What ref.Ref
}

// HelpOffers gives the actor's organizations what was offered to them, what waits for an
// answer first.
func (s *Service) HelpOffers(ctx context.Context, by access.Actor) (out []Offered, err error) {
	ids := append(by.Scopes(access.Lead), by.Scopes(access.Staff)...)
	err = s.db.View(ctx, func(tx *db.Tx) error {
		list, err := offersTo(ctx, tx, ids)
		if err != nil {
			return err
		}
		list = slices.DeleteFunc(list, func(o HelpOffer) bool { return o.State == OfferTakeback })
		slices.SortStableFunc(list, func(a, b HelpOffer) int { return offerTurn(a) - offerTurn(b) })
		out, err = s.offered(ctx, tx, list)
		return err
	})
	return out, err
}

func offerTurn(o HelpOffer) int {
	if o.State == OfferSent {
		return 0
	}
	return 1
}

// offered names what offers are for.
func (s *Service) offered(ctx context.Context, tx *db.Tx, list []HelpOffer) (out []Offered, err error) {
	stands := make([]Stand, len(list))
	for i, o := range list {
		stands[i] = Stand{OrgID: o.OrgID, ProjectID: o.ProjectID}
	}
	names, err := s.named(ctx, tx, access.Actor{}, stands)
	for i, o := range list {
		if err == nil {
			out = append(out, Offered{o, names[i].What()})
		}
	}
	return out, err
}

// OfferedHelp gives an offer to the organization for which it is.
func (s *Service) OfferedHelp(ctx context.Context, by access.Actor, id ref.ID) (o Offered, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		o, err = s.offerIn(ctx, tx, by, id)
		return err
	})
	return o, err
}

// offerIn loads an offer for the people of its organization; for others it is not
// there.
func (s *Service) offerIn(ctx context.Context, tx *db.Tx, by access.Actor, id ref.ID) (o Offered, err error) {
	one, err := offerByID(ctx, tx, id)
	if err != nil {
		return o, err
	}
	if _, err := one.mayAnswer(by); err != nil || one.State == OfferTakeback {
		return o, problem.New(problem.NotFound, "problem.not_found")
	}
	list, err := s.offered(ctx, tx, []HelpOffer{one})
	if err != nil {
		return o, err
	}
	return list[0], nil
}

// AnswerOffer takes an offer up, or refuses it, in words that are sent to who made it.
func (s *Service) AnswerOffer(ctx context.Context, by access.Actor, id ref.ID, version int64, take bool, answer string) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		x, err := s.offerIn(ctx, tx, by, id)
		if err != nil {
			return err
		}
		as, err := x.mayAnswer(by)
		if err != nil {
			return err
		}
		before, o := x.HelpOffer, x.HelpOffer
		if version != 0 && version != o.Version {
			return problem.New(problem.Conflict, "problem.changed_meanwhile")
		}
		if err := o.respond(take, strings.TrimSpace(answer), db.At(tx.Now())); err != nil {
			return err
		}
		o.Version++
		if err := updateOffer(ctx, tx, o); err != nil {
			return err
		}
		if err := journal.Record(ctx, tx, as, "forums.help.answer", before, o); err != nil {
			return err
		}
		return s.inform(ctx, tx, HelpLetter{News: HelpAnswered, To: Reached{o.Email, o.Lang}, What: x.What, Offer: o})
	})
}

// Sent gives the offer to which a link leads, to who made it.
func (s *Service) Sent(ctx context.Context, token string) (o Offered, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		one, err := offerByToken(ctx, tx, hashOf(token))
		if err != nil {
			return err
		}
		list, err := s.offered(ctx, tx, []HelpOffer{one})
		if err == nil {
			o = list[0]
		}
		return err
	})
	return o, err
}

// TakeBackOffer erases what the link stands for: who offered is forgotten at once.
func (s *Service) TakeBackOffer(ctx context.Context, by access.Actor, token string) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		before, err := offerByToken(ctx, tx, hashOf(token))
		if err != nil {
			return err
		}
		o := before
		if o.State == OfferSent {
			o.State = OfferTakeback
		}
		o.Version++
		if err := updateOffer(ctx, tx, o); err != nil {
			return err
		}
		if err := journal.Record(ctx, tx, guest(by), "forums.help.take_back", before, o); err != nil {
			return err
		}
		return forgetHelpers(ctx, tx, `id = $1`, o.ID)
	})
}

// Waiting lists what waits for the actor: offers to answer, stands to decide.
func (s *Service) Waiting(ctx context.Context, by access.Actor) ([]todo.Task, error) {
	return todo.Of(ctx, s.db, by, s.offersWaiting, s.standsWaiting)
}

// offersWaiting are the offers of help that an organization of the actor has not
// answered.
func (s *Service) offersWaiting(ctx context.Context, tx *db.Tx, by access.Actor) (out []todo.Task, err error) {
	list, err := offersTo(ctx, tx, append(by.Scopes(access.Lead), by.Scopes(access.Staff)...))
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(o HelpOffer) bool { return o.State != OfferSent })
	offers, err := s.offered(ctx, tx, list)
	for _, o := range offers {
		out = append(out, todo.Task{Act: "forums.offer", Thing: o.What, Path: o.HelpOffer.Ref().Path, Since: db.DateOf(o.SentAt.In(s.Zone))})
	}
	return out, err
}

// standsWaiting are the stands that the actor is to decide.
func (s *Service) standsWaiting(ctx context.Context, tx *db.Tx, by access.Actor) (out []todo.Task, err error) {
	if !by.HasAny(access.Officer) && !by.HasAny(access.Lead) {
		return nil, nil
	}
	asked, err := askedStands(ctx, tx)
	if err != nil || len(asked) == 0 {
		return nil, err
	}
	var ids []ref.ID
	for _, x := range asked {
		ids = append(ids, x.ForumID)
	}
	known, err := ByIDs(ctx, tx, ids)
	for _, x := range asked {
		if f := known[x.ForumID]; s.MayKeep(by, f) {
			out = append(out, todo.Task{Act: "forums.stand", Thing: f.Ref(), Path: x.Ref().Path, Since: x.AskedOn})
		}
	}
	return out, err
}
